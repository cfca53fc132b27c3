/// How far an output is from what it should be: one number, and its derivatives with respect to the output.
public struct Loss<Scalar: Real>: Sendable {
  public typealias Function =
    @Sendable (
      _ output: Tensor<Scalar>, _ targets: Targets<Scalar>
    ) -> (loss: Scalar, gradient: () -> Tensor<Scalar>)

  /// As the command calls it.
  public let name: String

  /// The activation that the loss applies to the output by itself, so that the output holds scores; nil where the loss takes
  /// the output as it is.
  public let activation: OutputActivation?
  private let function: Function

  /// Whether this is the mean cross-entropy and nothing else, for which there are fused steps.
  var isPlainCrossEntropy = false

  /// A loss of your own.
  ///
  /// - Parameter activation: what the function applies to the output, if that holds scores. A single output stands for the
  ///   second of two classes where it is above 0 with sigmoid, and above 0.5 otherwise.
  public init(_ name: String, applying activation: OutputActivation? = nil, _ function: @escaping Function) {
    (self.name, self.activation, self.function) = (name, activation, function)
  }

  /// The loss of an output, and its gradient when it is asked for.
  public func callAsFunction(
    _ output: Tensor<Scalar>, _ targets: Targets<Scalar>
  ) -> (loss: Scalar, gradient: () -> Tensor<Scalar>) {
    function(output, targets)
  }
}

extension Loss {
  /// The softmax cross-entropy of scores `[n, classes]`, with labels, or with targets of that shape, the probabilities of the
  /// classes. For one sample with targets t, class weights w and probabilities p = softmax(scores) it is -Σ wᵢ·tᵢ·ln pᵢ; of
  /// labels that are smoothed by ε, the true class has 1 - ε + ε / classes and each other ε / classes. The loss is the mean
  /// over the samples, weighted by their weights and, with labels, the weights of their classes. PyTorch: `CrossEntropyLoss`.
  ///
  /// - Precondition: where it is called, there are scores of two classes or more, and targets that are not labels are
  ///   probabilities: no number is negative, and each row adds up to 1.
  public static func crossEntropy(classWeights: [Double]? = nil, labelSmoothing: Double = 0) -> Loss {
    require(0 <= labelSmoothing && labelSmoothing < 1, "labels are smoothed by 0 or more and less than 1")
    var loss = Loss("cross_entropy", applying: .softmax) { scores, targets in
      requireProbabilities(targets, for: scores)
      if classWeights == nil, labelSmoothing == 0, targets.weights == nil, let labels = targets.labels {
        return (FunctionalNet.crossEntropy(scores, labels), { crossEntropyGradient(scores, labels) })
      }
      return weightedCrossEntropy(scores, targets, classWeights, labelSmoothing)
    }
    loss.isPlainCrossEntropy = classWeights == nil && labelSmoothing == 0
    return loss
  }

  /// The mean of the squares of all differences, `(y - t)²`. PyTorch: `MSELoss`.
  public static var meanSquared: Loss { Loss("mean_squared", .squared, isMean: true) }

  /// Half the sum of the squares of all differences, `½·Σ (y - t)²`.
  public static var halfSquaredSum: Loss { Loss("half_squared_sum", .halfSquared, isMean: false) }

  /// The mean of the absolute values of all differences, `|y - t|`; its derivative where there is none is 0. PyTorch: `L1Loss`.
  public static var meanAbsolute: Loss { Loss("mean_absolute", .absolute, isMean: true) }

  /// The mean over all differences d = y - t of `½·d²` where |d| ≤ delta, and `delta·(|d| - ½·delta)` elsewhere. Huber, "Robust
  /// estimation of a location parameter", 1964. PyTorch: `HuberLoss`.
  public static func huber(delta: Double = 1) -> Loss {
    Loss("huber", .huber(delta: Scalar(delta)), isMean: true)
  }

  /// The mean over all scores z, each that of a question of its own with the answer t from 0 to 1, of
  /// `-t·ln p - (1 - t)·ln(1 - p)` with `p = 1 / (1 + e⁻ᶻ)`. PyTorch: `BCEWithLogitsLoss`.
  ///
  /// - Precondition: where it is called, all targets are from 0 to 1; labels of a single output are 0 or 1.
  public static var binaryCrossEntropy: Loss {
    Loss("binary_cross_entropy", applying: .sigmoid, .logistic, isMean: true, check: requireAnswers)
  }

  /// A loss that is a sum over all numbers of the output, or their mean, both weighted by samples.
  ///
  /// - Parameter check: stops the program where the targets are not such as the loss takes.
  private init(
    _ name: String, applying activation: OutputActivation? = nil, _ distance: Distance<Scalar>, isMean: Bool,
    check: @escaping @Sendable (_ targets: Tensor<Scalar>) -> Void = { _ in }
  ) {
    self.init(name, applying: activation) { output, targets in
      let values = targets.values(like: output)
      check(values)
      let columns = output.rowSize
      let weights = targets.weights ?? Array(repeating: 1, count: output.rowCount)
      let total = isMean ? Scalar.sum(weights) * Double(columns) : 1
      let sum = Scalar.distance(distance, output.elements, values.elements, columns: columns, weights: weights)
      let gradient = {
        Tensor(
          shape: output.shape,
          elements: Scalar.distanceGradient(
            distance, output.elements, values.elements, columns: columns, factors: weights.map { $0 / Scalar(total) }))
      }
      return (Scalar(sum / total), gradient)
    }
  }
}

// MARK: Targets that a loss takes

/// The cross-entropy of a single score is always 0, and that of targets that are not probabilities means nothing.
private func requireProbabilities<S: Real>(_ targets: Targets<S>, for scores: Tensor<S>) {
  require(
    scores.shape.count == 2 && scores.shape[1] > 1,
    "cross-entropy compares the scores of two classes or more, not outputs of shape \(scores.shape); "
      + adviceForNumbers)
  guard case .values(let values) = targets.kind, values.shape == scores.shape else { return }
  let (sums, sizes) = (values.sum(axis: 1).elements, values.map(.absolute).sum(axis: 1).elements)
  let tolerance: S = 0.01  // for probabilities such as 0.33, 0.33 and 0.33
  for row in sums.indices {
    require(
      abs(sums[row] - 1) <= tolerance && abs(sizes[row] - 1) <= tolerance,
      "cross-entropy takes labels, or targets that are probabilities of classes, but target \(row) is "
        + "\(values.rows(row..<row + 1).elements), which adds up to \(sums[row]); " + adviceForNumbers)
  }
}

/// What to do where outputs or targets are not those of cross-entropy.
let adviceForNumbers =
  "numbers are learned with .meanSquared, .meanAbsolute or .huber(), and a single score of two classes with "
  + ".binaryCrossEntropy"

/// Binary cross-entropy takes targets from 0 to 1.
private func requireAnswers<S: Real>(_ values: Tensor<S>) {
  let outside = (values - values.map(.clamp(limit: 1)).map(.relu)).map(.absolute)
  require(
    outside.sum() == 0,
    "binary cross-entropy takes targets from 0 to 1, not \(values.elements[outside.elements.firstIndex { $0 != 0 } ?? 0]); "
      + "more than two classes are learned with .crossEntropy, other numbers with .meanSquared")
}

// MARK: Cross-entropy with weights

private func weightedCrossEntropy<S: Real>(
  _ scores: Tensor<S>, _ targets: Targets<S>, _ classWeights: [Double]?, _ labelSmoothing: Double
) -> (loss: S, gradient: () -> Tensor<S>) {
  require(
    scores.shape.count == 2 && scores.shape[0] > 0, "cross-entropy takes scores [n, classes], not \(scores.shape)")
  let (n, classes) = (scores.shape[0], scores.shape[1])
  let weightOfClass = classWeights ?? Array(repeating: 1, count: classes)
  require(weightOfClass.count == classes, "\(weightOfClass.count) class weights for \(classes) classes")
  let weightOfSample = (targets.weights ?? Array(repeating: 1, count: n)).map { Double($0) }
  let smooth =
    S(1 - labelSmoothing) * targets.values(like: scores) + Tensor(scalar: S(labelSmoothing / Double(classes)))
  let shares = smooth * Tensor(weightOfClass.map { S($0) })
  let counts = zip(weightOfSample.indices, weightOfSample).map { row, weight in
    targets.labels.map { weight * weightOfClass[$0.indices[row]] } ?? weight
  }
  let total = counts.reduce(0, +)
  let rows = Grouping(blocks: 1, groups: n, length: classes)
  let factors = weightOfSample.map { S($0 / total) }
  let logs = logSoftmax(scores)
  let weighted = S.groupDots(shares.elements, logs.elements, rows)
  let loss = zip(weighted, weightOfSample).reduce(0.0) { $0 - $1.0 * $1.1 } / total
  return (
    S(loss),
    {
      // Of -Σ aᵢ·ln pᵢ: p·Σ a - a
      let sums = zip(S.groupSums(shares.elements, rows), factors).map { S($0) * $1 }
      return Tensor(
        shape: scores.shape,
        elements: S.groupCombine(
          softmax(scores).elements, sums, shares.elements, factors.map { -$0 }, shift: factors.map { _ in 0 }, rows))
    }
  )
}
