// What a network of layers says to samples, and how well that fits.

extension Sequential {
  /// The outputs for all samples, outside training, `[samples, ...]`. They are passed through `chunk` at a time, to bound the
  /// memory; the result does not depend on it.
  public func outputs(
    _ params: Stack<Scalar>, _ state: Stack<Scalar>, for samples: Samples<Scalar>, chunk: Int = 64
  ) -> Tensor<Scalar> {
    if samples.count == 0, let shape = try? outputShape(for: samples.sampleShape) { return .zeros([0] + shape) }
    if isTwoLayer, samples.sampleShape.count == 1, let twoLayer = FunctionalNet.Params(params) {
      return Scalar.scores(twoLayer, samples)
    }
    return samples.outputs(chunk: chunk) { self(params, state, $0.x) }
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
