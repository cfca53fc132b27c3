// What a network of layers says to samples, and how well that fits.

extension Sequential {
  /// The outputs for all samples, outside training, `[samples, ...]`. They are passed through `chunk` at a time, to bound the
  /// memory; the result does not depend on it.
  public func outputs(
    _ params: Stack<Scalar>, _ state: Stack<Scalar>, for samples: Samples<Scalar>, chunk: Int = 64
  ) -> Tensor<Scalar> {
    if isTwoLayer, samples.sampleShape.count == 1, let twoLayer = FunctionalNet.Params(params) {
      return Scalar.scores(twoLayer, samples)
    }
    let parts = stride(from: 0, to: samples.count, by: chunk).map { start in
      self(params, state, samples[start..<min(start + chunk, samples.count)].x)
    }
    guard let first = parts.first else { return .zeros([0]) }
    return Tensor(shape: [samples.count] + first.shape.dropFirst(), elements: parts.flatMap(\.elements))
  }
}

/// The loss, accuracy and confusion matrix of a network.
///
/// - Precondition: there are samples, and they have classes.
public func evaluate<S>(
  _ network: Sequential<S>, _ params: Stack<S>, _ state: Stack<S>, on samples: Samples<S>,
  loss: Loss<S> = .crossEntropy()
) -> Evaluation {
  Evaluation(network.outputs(params, state, for: samples), samples.targets, loss: loss)
}

extension Evaluation {
  /// The loss, accuracy and confusion matrix of outputs `[n, classes]`, or `[n, 1]` where there are two classes and the output
  /// is the score of the second one.
  public init<S>(_ output: Tensor<S>, _ targets: Targets<S>, loss: Loss<S>) {
    guard let labels = targets.labels else { fatalError("these samples have numbers for targets, not classes") }
    require(labels.count > 0, "there are no samples to evaluate on")
    let predictions = predictedClasses(output)
    let classes = max(2, output.rowSize)
    require(
      labels.indices.allSatisfy { 0 <= $0 && $0 < classes },
      "labels from \(labels.indices.min() ?? 0) to \(labels.indices.max() ?? 0) for outputs of shape \(output.shape)")
    var confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for (truth, prediction) in zip(labels.indices, predictions.indices) { confusion[truth][prediction] += 1 }
    self.init(loss: Double(loss(output, targets).loss), confusion: confusion)
  }
}

/// The class of each row of outputs: that of the largest one; of a single one, 1 where it is above 0.
public func predictedClasses<S>(_ output: Tensor<S>) -> Labels {
  require(output.shape.count == 2, "classes come from outputs [n, classes], not shape \(output.shape)")
  return Labels(output.shape[1] == 1 ? output.elements.map { $0 > 0 ? 1 : 0 } : output.argmax())
}

/// How near numbers are to what they should be.
public struct RegressionEvaluation: Equatable, Sendable {
  public let loss: Double

  /// The mean of |y - t|, and the square root of the mean of (y - t)².
  public let meanAbsoluteError: Double
  public let rootMeanSquaredError: Double

  /// The coefficient of determination R², the part of the targets' variance that is explained: 1 - Σ (y - t)² / Σ (t - mean)²,
  /// the mean taken for each output by itself.
  public let r2: Double

  /// - Precondition: there are samples, and targets of the shape of the outputs.
  public init<S>(_ output: Tensor<S>, _ targets: Targets<S>, loss: Loss<S>) {
    let values = targets.values(like: output)
    require(output.count > 0, "there are no samples to evaluate on")
    let weights = Array(repeating: S(1), count: output.rowCount)
    func sum(_ distance: Distance<S>, _ y: Tensor<S>) -> Double {
      S.distance(distance, y.elements, values.elements, columns: output.rowSize, weights: weights)
    }
    let count = Double(output.count)
    let means = values.sum(axis: 0) / S(values.rowCount)
    let squares = sum(.squared, output)
    self.loss = Double(loss(output, targets).loss)
    meanAbsoluteError = sum(.absolute, output) / count
    rootMeanSquaredError = (squares / count).squareRoot()
    r2 = 1 - squares / sum(.squared, .zeros(output.shape) + means)
  }
}
