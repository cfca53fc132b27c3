// Layers that make images smaller: `[n, channels, height, width] -> [n, channels, height', width']` with
// height' = ⌊(height - kernel) / stride⌋ + 1. Windows that would be cut at the edge are left out.

/// The largest number of each window; its derivative goes to that number, to the first one where several are as large.
/// PyTorch: `MaxPool2d`.
public struct MaxPool2D<Scalar: Real>: FixedLayer {
  public let kernel: Size2D
  public let stride: Size2D

  /// Windows side by side, without overlap.
  public init(_ kernel: some Size2DConvertible = 2) { self.init(kernel, stride: kernel) }

  /// Windows that begin `stride` apart.
  public init(_ kernel: some Size2DConvertible = 2, stride: some Size2DConvertible) {
    (self.kernel, self.stride) = (kernel.size2D, stride.size2D)
    require(self.kernel.holds(1) && self.stride.holds(1), "a window of \(kernel) and a stride of \(stride)")
  }

  public var notation: String { poolNotation("maxpool2d", kernel, stride) }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] { try pooledShape(shape, kernel, stride) }

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let sizes = Pooling(x, kernel, stride)
    let (largest, taps) = Scalar.maxPool(sizes, x.elements)
    return FixedPass(output: Tensor(shape: sizes.outputShape(of: x), elements: largest)) { dOutput in
      Tensor(shape: x.shape, elements: Scalar.maxPoolGradient(sizes, dOutput.elements, taps: taps))
    }
  }
}

/// The mean of each window. PyTorch: `AvgPool2d`.
public struct AveragePool2D<Scalar: Real>: FixedLayer {
  public let kernel: Size2D
  public let stride: Size2D

  /// Windows side by side, without overlap.
  public init(_ kernel: some Size2DConvertible = 2) { self.init(kernel, stride: kernel) }

  /// Windows that begin `stride` apart.
  public init(_ kernel: some Size2DConvertible = 2, stride: some Size2DConvertible) {
    (self.kernel, self.stride) = (kernel.size2D, stride.size2D)
    require(self.kernel.holds(1) && self.stride.holds(1), "a window of \(kernel) and a stride of \(stride)")
  }

  public var notation: String { poolNotation("avgpool2d", kernel, stride) }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] { try pooledShape(shape, kernel, stride) }

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let sizes = Pooling(x, kernel, stride)
    let means = Scalar.averagePool(sizes, x.elements)
    return FixedPass(output: Tensor(shape: sizes.outputShape(of: x), elements: means)) { dOutput in
      Tensor(shape: x.shape, elements: Scalar.averagePoolGradient(sizes, dOutput.elements))
    }
  }
}

private func poolNotation(_ name: String, _ kernel: Size2D, _ stride: Size2D) -> String {
  "\(name)(\(kernel)\(stride == kernel ? "" : ",stride=\(stride)"))"
}

extension Layer {
  fileprivate func pooledShape(_ shape: [Int], _ kernel: Size2D, _ stride: Size2D) throws(ShapeError) -> [Int] {
    try requireImage(shape)
    let image = Size2D(shape[1], shape[2])
    guard image.holds(kernel) else {
      throw ShapeError(
        layer: name,
        "a window of \(kernel.height)×\(kernel.width) does not fit into an image of \(shape[1])×\(shape[2])")
    }
    let output = image.windows(of: kernel, stride: stride)
    return [shape[0], output.height, output.width]
  }
}

extension Pooling {
  fileprivate init<S>(_ x: Tensor<S>, _ kernel: Size2D, _ stride: Size2D) {
    require(x.shape.count == 4, "pooling takes images [n, channels, height, width], not shape \(x.shape)")
    self.init(input: Size2D(x.shape[2], x.shape[3]), kernel: kernel, stride: stride)
  }

  fileprivate func outputShape<S>(of x: Tensor<S>) -> [Int] { [x.shape[0], x.shape[1], output.height, output.width] }
}
