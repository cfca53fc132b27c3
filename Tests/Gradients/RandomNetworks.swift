import FunctionalNet
import TestSupport
import Testing

extension Random {
  /// Layers that fit each other and a shape, and then come to a vector.
  fileprivate mutating func layers(_ count: Int, for shape: inout [Int], depth: Int = 0) -> [any Layer<Double>] {
    (0..<count).map { _ in
      let layer = layer(for: shape, depth: depth)
      shape = try! layer.outputShape(for: shape)
      return layer
    }
  }

  private mutating func layer(for shape: [Int], depth: Int) -> any Layer<Double> {
    let choice = int(0...9)
    if choice < 4 || (depth > 0 && choice < 6) { return layerForAnything() }
    if depth == 0 && choice == 9 {
      var inner = shape
      let body = Sequential(layers(int(1...2), for: &inner, depth: 1))
      if inner == shape { return Residual(body) }
      if inner.count == 1, shape.count == 1 { return Residual(body, shortcut: Sequential([Linear<Double>(inner[0])])) }
      return layerForAnything()
    }
    guard shape.count == 3 else {
      switch int(0...3) {
      case 0: return Linear(4)
      case 1: return Linear(4, initializer: .he, bias: 0.1)
      case 2: return BatchNorm1D(epsilon: 0.1)
      default: return Softmax()
      }
    }
    let (height, width) = (shape[1], shape[2])
    let kernel = Size2D(int(1...min(3, height)), int(1...min(3, width)))
    let stride = Size2D(int(1...2), int(1...2))
    return switch int(0...5) {
    case 0, 1: Conv2D(int(1...3), kernel: kernel, stride: stride, padding: Size2D(int(0...1), int(0...1)))
    case 2: MaxPool2D(kernel, stride: stride)
    case 3: AveragePool2D(kernel, stride: stride)
    case 4: BatchNorm2D(epsilon: 0.1)
    default: Flatten()
    }
  }

  /// A layer that takes and leaves samples of any shape.
  private mutating func layerForAnything() -> any Layer<Double> {
    switch int(0...8) {
    case 0: ReLU()
    case 1: LeakyReLU(slope: 0.2)
    case 2: Sigmoid()
    case 3: Tanh()
    case 4: Abs()
    case 5: GELU()
    case 6: ELU(alpha: 0.7)
    case 7: Dropout(0.3)
    default: LayerNorm(epsilon: 0.1)
    }
  }

  /// A network of random layers, with the shape of its samples.
  fileprivate mutating func network() -> (network: Sequential<Double>, shape: [Int]) {
    let shape = int(0...2) == 0 ? [int(2...5)] : [int(1...2), int(3...6), int(3...6)]
    var last = shape
    var all = layers(int(1...5), for: &last)
    all += [Flatten<Double>(), Linear<Double>(3)]
    return (Sequential(all), shape)
  }
}

@Suite struct RandomNetworks {
  /// A few hundred random stacks of all layers: their derivatives along random directions through parameters and inputs, for the
  /// cross-entropy of their outputs. Where a direction crosses a kink, another input is drawn.
  @Test(arguments: seeds(250)) func gradientsAreTheSlopesOfTheLoss(seed: Int) {
    var random = Random(seed: seed)
    let (network, shape) = random.network()
    let labels = Targets<Double>.labels(random.labels(4, classes: 3))
    let loss = Loss<Double>.crossEntropy()
    let mode = Mode.training(random.key())
    for _ in 0..<6 {
      let x: Tensor<Double> = random.normal([4] + shape)
      // Biases away from zero, where padding alone would lie on the kinks of what follows.
      let first = network.initialParams(for: shape, key: random.key())
      let params = first + first.randomDirection(key: random.key(), length: 0.3 * Double(first.count).squareRoot())
      let state = network.initialState(for: shape)
      let pass = network.pass(params, state, x, mode)
      let gradients = pass.pullback(loss(pass.output, labels).gradient())
      let report = checkDirections(
        of: { loss(network.pass($0.params, state, $0.input, mode).output, labels).loss },
        at: Point(params: params, input: x),
        gradient: Point(params: gradients.params, input: gradients.input()), directions: 3, key: random.key(),
        tolerance: 1e-6)
      if report.kinks == 0 {
        #expect(report.passed, "\(network.notation) for \(shape): \(report)")
        return
      }
    }
    Issue.record("\(network.notation) for \(shape): kinks wherever one looks")
  }

  /// All layers occur.
  @Test func noLayerIsLeftOut() {
    let text = (0..<250).map { seed in
      var random = Random(seed: seed)
      return random.network().network.notation
    }.joined(separator: " ")
    for name in layerNames where name != "sequential" { #expect(text.contains(name), "\(name)") }
  }

  private struct Point: Parameters {
    let params: Stack<Double>
    let input: Tensor<Double>

    func traverse(_ visit: (String, Tensor<Double>) throws -> Tensor<Double>) rethrows -> Point {
      Point(params: try params.traverse(visit), input: try visit("input", input))
    }
  }
}
