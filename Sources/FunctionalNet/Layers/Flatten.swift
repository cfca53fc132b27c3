/// Samples of any shape as vectors, channel by channel and row by row: `[n, a, b, ...] -> [n, a·b·...]`. PyTorch: `Flatten`.
public struct Flatten<Scalar: Real>: FixedLayer {
  public init() {}

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] { [area(shape)] }

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    FixedPass(output: x.reshaped([x.rowCount, x.rowSize])) { $0.reshaped(x.shape) }
  }
}
