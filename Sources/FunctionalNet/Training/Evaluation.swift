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

extension Evaluation {
  /// The loss, accuracy and confusion matrix of scores that come a part at a time.
  private struct Tally {
    var sum = 0.0
    var confusion: [[Int]] = []

    mutating func add<S>(_ scores: Tensor<S>, _ y: Labels) {
      let classes = scores.shape[1]
      if confusion.isEmpty { confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes) }
      sum = crossEntropies(scores, y).reduce(sum) { $0 + Double($1) }
      for (truth, prediction) in zip(y.indices, scores.argmax()) { confusion[truth][prediction] += 1 }
    }
  }

  fileprivate init<S>(_ samples: Samples<S>, chunk: Int, scores: (Samples<S>) -> Tensor<S>) {
    require(samples.count > 0, "there are no samples to evaluate on")
    var tally = Tally()
    for start in stride(from: 0, to: samples.count, by: chunk) {
      let part = samples[start..<min(start + chunk, samples.count)]
      tally.add(scores(part), part.y)
    }
    self.init(loss: tally.sum / Double(samples.count), confusion: tally.confusion)
  }
}

/// The loss, accuracy and confusion matrix of any function from inputs to class scores.
///
/// The samples are passed through `chunk` at a time, to bound the memory; the result does not depend on it.
///
/// - Precondition: there are samples, and their labels are below the number of scores.
public func evaluate<S>(
  on samples: Samples<S>, chunk: Int = 1000, scores: (Tensor<S>) -> Tensor<S>
) -> Evaluation {
  Evaluation(samples, chunk: chunk) { scores($0.x) }
}

/// The loss, accuracy and confusion matrix of the two-layer network.
public func evaluate<S>(params: Params<S>, on samples: Samples<S>) -> Evaluation {
  Evaluation(samples, chunk: 10_000) { S.scores(params, $0) }
}
