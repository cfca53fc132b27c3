import FunctionalNet

extension Random {
  /// Layers that fit each other and a shape, and then come to a vector.
  private mutating func layers<S: Real>(
    _ count: Int, for shape: inout [Int], depth: Int = 0
  ) -> [any Layer<S>] {
    (0..<count).map { _ in
      let layer: any Layer<S> = layer(for: shape, depth: depth)
      shape = try! layer.outputShape(for: shape)
      return layer
    }
  }

  private mutating func layer<S: Real>(for shape: [Int], depth: Int) -> any Layer<S> {
    let choice = int(0...9)
    if choice < 4 || (depth > 0 && choice < 6) { return layerForAnything() }
    if depth == 0 && choice == 9 {
      var inner = shape
      let body = Sequential<S>(layers(int(1...2), for: &inner, depth: 1))
      if inner == shape { return Residual(body) }
      if inner.count == 1, shape.count == 1 { return Residual(body, shortcut: Sequential([Linear<S>(inner[0])])) }
      return layerForAnything()
    }
    guard shape.count == 3 else {
      switch int(0...3) {
      case 0: return Linear<S>(4)
      case 1: return Linear<S>(4, initializer: .he, bias: 0.1)
      case 2: return BatchNorm1D<S>(epsilon: 0.1)
      default: return Softmax<S>()
      }
    }
    let (height, width) = (shape[1], shape[2])
    let kernel = Size2D(int(1...min(3, height)), int(1...min(3, width)))
    let stride = Size2D(int(1...2), int(1...2))
    return switch int(0...5) {
    case 0, 1: Conv2D<S>(int(1...3), kernel: kernel, stride: stride, padding: Size2D(int(0...1), int(0...1)))
    case 2: MaxPool2D<S>(kernel, stride: stride)
    case 3: AveragePool2D<S>(kernel, stride: stride)
    case 4: BatchNorm2D<S>(epsilon: 0.1)
    default: Flatten<S>()
    }
  }

  /// A layer that takes and leaves samples of any shape.
  private mutating func layerForAnything<S: Real>() -> any Layer<S> {
    switch int(0...8) {
    case 0: ReLU<S>()
    case 1: LeakyReLU<S>(slope: 0.2)
    case 2: Sigmoid<S>()
    case 3: Tanh<S>()
    case 4: Abs<S>()
    case 5: GELU<S>()
    case 6: ELU<S>(alpha: 0.7)
    case 7: Dropout<S>(0.3)
    default: LayerNorm<S>(epsilon: 0.1)
    }
  }

  /// A network of random layers that end in a linear one, with the shape of its samples.
  public mutating func network<S: Real>(
    _ type: S.Type = S.self, outputs: Int
  ) -> (network: Sequential<S>, shape: [Int]) {
    let shape = int(0...2) == 0 ? [int(2...5)] : [int(1...2), int(3...6), int(3...6)]
    var last = shape
    var all: [any Layer<S>] = layers(int(1...5), for: &last)
    all += [Flatten<S>(), Linear<S>(outputs)]
    return (Sequential(all), shape)
  }
}
