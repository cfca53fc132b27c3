/// Scores to probabilities: `yᵢ = e^xᵢ / Σⱼ e^xⱼ`, `[n, classes] -> [n, classes]`; `dxᵢ = yᵢ·(dyᵢ - Σⱼ dyⱼ·yⱼ)`.
///
/// A network that is trained with cross-entropy ends without it: that loss takes scores. PyTorch: `Softmax(dim=1)`.
public struct Softmax<Scalar: Real>: FixedLayer {
  public init() {}

  public var notation: String { "softmax" }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    guard shape.count == 1 else { throw ShapeError(layer: name, "takes vectors, not samples of shape \(shape)") }
    return shape
  }

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let y = softmax(x)
    return FixedPass(output: y) { dOutput in
      let rows = Grouping(blocks: 1, groups: y.rowCount, length: y.rowSize)
      let weighted = (dOutput * y).elements
      let sums = Scalar.groupSums(weighted, rows)
      return Tensor(
        shape: y.shape,
        elements: Scalar.groupCombine(
          weighted, sums.map { _ in 1 }, y.elements, sums.map { Scalar(-$0) }, shift: sums.map { _ in 0 }, rows))
    }
  }
}
