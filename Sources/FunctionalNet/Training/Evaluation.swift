/// How well scores fit the true classes.
public struct Evaluation: Equatable, Sendable {
  /// The mean cross-entropy.
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

/// The loss, accuracy and confusion matrix of any function from inputs to class scores.
///
/// The samples are passed through `chunk` at a time, to bound the memory; the result does not depend on it.
///
/// - Precondition: there are samples, and their labels are below the number of scores.
public func evaluate<S>(
  on samples: Samples<S>, chunk: Int = 1000, scores: (Tensor<S>) -> Tensor<S>
) -> Evaluation {
  require(samples.count > 0, "there are no samples to evaluate on")
  var sum = 0.0
  var confusion: [[Int]] = []
  for start in stride(from: 0, to: samples.count, by: chunk) {
    let part = samples[start..<min(start + chunk, samples.count)]
    let z = scores(part.x)
    if confusion.isEmpty { confusion = Array(repeating: Array(repeating: 0, count: z.shape[1]), count: z.shape[1]) }
    sum = crossEntropies(z, part.y).reduce(sum) { $0 + Double($1) }
    for (truth, prediction) in zip(part.y.indices, z.argmax()) { confusion[truth][prediction] += 1 }
  }
  return Evaluation(loss: sum / Double(samples.count), confusion: confusion)
}

/// The loss, accuracy and confusion matrix of the two-layer network.
public func evaluate<S>(params: Params<S>, on samples: Samples<S>) -> Evaluation {
  evaluate(on: samples) { forward(params: params, x: $0) }
}
