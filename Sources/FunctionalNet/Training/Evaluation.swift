/// How well scores fit the true classes.
public struct Evaluation: Equatable, Sendable {
  /// The mean cross-entropy, or what another loss says.
  public let loss: Double

  /// `confusion[t][p]` is the number of samples of class t that were taken for class p.
  public let confusion: [[Int]]

  public init(loss: Double, confusion: [[Int]]) { (self.loss, self.confusion) = (loss, confusion) }

  /// The number of samples, and of those whose class had the highest score.
  public var count: Int { confusion.reduce(0) { $0 + $1.reduce(0, +) } }
  public var correct: Int { confusion.indices.reduce(0) { $0 + confusion[$1][$1] } }

  /// The fraction of samples whose class had the highest score.
  public var accuracy: Double { count == 0 ? .nan : Double(correct) / Double(count) }
}

extension Evaluation {
  /// The loss, accuracy and confusion matrix of outputs `[n, classes]`, or `[n, 1]` where there are two classes and the output
  /// stands for the second one: with its score for a loss that applies sigmoid to it, with a number from 0 to 1 for others.
  public init<S>(_ output: Tensor<S>, _ targets: Targets<S>, loss: Loss<S>) {
    guard let labels = targets.labels else { fatalError("these samples have numbers for targets, not classes") }
    require(labels.count > 0, "there are no samples to evaluate on")
    let predictions = predictedClasses(output, threshold: loss.activation == .sigmoid ? 0 : 0.5)
    let classes = max(2, output.rowSize)
    require(
      labels.indices.allSatisfy { 0 <= $0 && $0 < classes },
      "labels from \(labels.indices.min() ?? 0) to \(labels.indices.max() ?? 0) for outputs of shape \(output.shape)")
    var confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for (truth, prediction) in zip(labels.indices, predictions.indices) { confusion[truth][prediction] += 1 }
    self.init(loss: Double(loss(output, targets).loss), confusion: confusion)
  }
}

/// The class of each row of outputs: that of the largest one; of a single one, 1 where it is above a threshold, which is 0 for
/// scores and 0.5 for probabilities.
public func predictedClasses<S>(_ output: Tensor<S>, threshold: S = 0) -> Labels {
  require(output.shape.count == 2, "classes come from outputs [n, classes], not shape \(output.shape)")
  return Labels(output.shape[1] == 1 ? output.elements.map { $0 > threshold ? 1 : 0 } : output.argmax())
}

/// The loss, accuracy and confusion matrix of any function from inputs to class scores.
///
/// The samples are passed through `chunk` at a time, to bound the memory; the result does not depend on it.
///
/// - Precondition: there are samples, and their labels are below the number of scores.
public func evaluate<S>(
  on samples: Samples<S>, chunk: Int = 1000, scores: (Tensor<S>) -> Tensor<S>
) -> Evaluation {
  Evaluation(samples.outputs(chunk: chunk) { scores($0.x) }, samples.targets, loss: .crossEntropy())
}

/// The loss, accuracy and confusion matrix of the two-layer network.
public func evaluate<S>(params: Params<S>, on samples: Samples<S>) -> Evaluation {
  let scores = samples.outputs(chunk: 10_000) { S.scores(params, $0) }
  return Evaluation(scores, samples.targets, loss: .crossEntropy())
}

extension Samples {
  /// What a function makes of all samples, `[samples, ...]`, `chunk` of them at a time.
  func outputs(chunk: Int, of function: (Samples) -> Tensor<Scalar>) -> Tensor<Scalar> {
    let parts = stride(from: 0, to: count, by: chunk).map { function(self[$0..<min($0 + chunk, count)]) }
    guard let first = parts.first else { return .zeros([0]) }
    return Tensor(shape: [count] + first.shape.dropFirst(), elements: parts.flatMap(\.elements))
  }
}
