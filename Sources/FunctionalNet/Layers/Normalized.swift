/// Numbers moved and scaled group by group: `x̂ = (x - mean)·factor` with `factor = 1 / √(variance + epsilon)`.
struct Normalized<Scalar: Real> {
  let values: Tensor<Scalar>
  let grouping: Grouping

  /// One for each group.
  let factors: [Scalar]

  init(_ x: Tensor<Scalar>, _ grouping: Grouping, means: [Double], variances: [Double], epsilon: Double) {
    self.grouping = grouping
    factors = variances.map { Scalar(1 / ($0 + epsilon).squareRoot()) }
    values = Tensor(
      shape: x.shape,
      elements: Scalar.groupAffine(
        x.elements, grouping, center: means.map { Scalar($0) }, scale: factors, shift: means.map { _ in 0 }))
  }

  /// `x·scale + shift`, by group.
  func affine(_ x: Tensor<Scalar>, scale: [Scalar], shift: [Scalar]) -> Tensor<Scalar> {
    Tensor(
      shape: x.shape,
      elements: Scalar.groupAffine(x.elements, grouping, center: scale.map { _ in 0 }, scale: scale, shift: shift))
  }

  /// The derivatives with respect to x of a function whose derivatives with respect to x̂, times `scales / factors`, are
  /// `dOutput`, where mean and variance are those of x. With the sums over the group of `dOutput` and of `dOutput·x̂`,
  ///
  ///     dx = scale·(dOutput - sum / N - x̂·dot / N)
  func inputGradient(_ dOutput: Tensor<Scalar>, scales: [Scalar], dots: [Scalar], sums: [Scalar]) -> Tensor<Scalar> {
    let count = Scalar(grouping.size)
    return Tensor(
      shape: dOutput.shape,
      elements: Scalar.groupCombine(
        dOutput.elements, scales, values.elements, zip(scales, dots).map { -$0 * $1 / count },
        shift: zip(scales, sums).map { -$0 * $1 / count }, grouping))
  }
}

/// The mean of each group, and its mean square distance from it (the biased variance).
func moments<S: Real>(_ x: Tensor<S>, _ grouping: Grouping) -> (means: [Double], variances: [Double]) {
  let count = Double(grouping.size)
  let means = S.groupSums(x.elements, grouping).map { $0 / count }
  let centered = S.groupAffine(
    x.elements, grouping, center: means.map { S($0) }, scale: means.map { _ in 1 }, shift: means.map { _ in 0 })
  return (means, S.groupDots(centered, centered, grouping).map { $0 / count })
}
