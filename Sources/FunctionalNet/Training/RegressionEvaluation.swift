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
