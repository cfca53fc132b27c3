/// What a network should have said for some samples.
public struct Targets<Scalar: Real>: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// The true classes.
    case labels(Labels)

    /// Numbers of the shape of the output: `[n, ...]`.
    case values(Tensor<Scalar>)
  }

  public let kind: Kind

  /// How much each sample counts; nil where all count the same.
  public let weights: [Scalar]?

  /// - Precondition: one weight for each sample, if there are weights.
  public init(_ kind: Kind, weights: [Scalar]? = nil) {
    (self.kind, self.weights) = (kind, weights)
    require(weights.map { $0.count == count } ?? true, "\(weights?.count ?? 0) weights for \(count) samples")
  }

  public static func labels(_ labels: Labels) -> Targets { Targets(.labels(labels)) }
  public static func values(_ values: Tensor<Scalar>) -> Targets { Targets(.values(values)) }

  public var count: Int {
    switch kind {
    case .labels(let labels): labels.count
    case .values(let values): values.rowCount
    }
  }

  /// Those of some samples, in this order.
  func rows(at indices: some Collection<Int>) -> Targets {
    let some: Kind =
      switch kind {
      case .labels(let labels): .labels(Labels(indices.map { labels.indices[$0] }))
      case .values(let values): .values(values.rows(at: indices))
      }
    return Targets(some, weights: weights.map { weights in indices.map { weights[$0] } })
  }

  /// The true classes, for those that ask for nothing else.
  var labels: Labels? {
    if case .labels(let labels) = kind { labels } else { nil }
  }

  /// As numbers of the shape of an output: labels become 0 or 1 for an output of one number, rows of `oneHot` otherwise.
  func values(like output: Tensor<Scalar>) -> Tensor<Scalar> {
    switch kind {
    case .values(let values):
      require(
        values.shape == output.shape, "targets of shape \(values.shape) for an output of shape \(output.shape)")
      return values
    case .labels(let labels):
      require(
        output.shape.count == 2 && output.shape[0] == labels.count,
        "\(labels.count) labels for an output of shape \(output.shape)")
      if output.shape[1] > 1 { return labels.oneHot(classes: output.shape[1]) }
      return Tensor(shape: output.shape, elements: labels.indices.map { Scalar($0) })
    }
  }
}
