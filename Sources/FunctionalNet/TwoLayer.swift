// START HERE. The two-layer network: inputs -> hidden units (ReLU) -> class scores, as immutable parameters and pure
// functions of them. Everything else in this library follows from this page.

/// The parameters of a two-layer network. A gradient of the loss is such a record too.
public struct Params<Scalar: Real>: Parameters {
  public let w1: Tensor<Scalar>  // [inputs, hidden]
  public let b1: Tensor<Scalar>  // [hidden]
  public let w2: Tensor<Scalar>  // [hidden, classes]
  public let b2: Tensor<Scalar>  // [classes]

  /// - Precondition: the shapes fit each other as noted beside the fields.
  public init(w1: Tensor<Scalar>, b1: Tensor<Scalar>, w2: Tensor<Scalar>, b2: Tensor<Scalar>) {
    require(
      w1.shape.count == 2 && w2.shape == [w1.shape[1], b2.count] && b1.shape == [w1.shape[1]] && b2.shape.count == 1,
      "shapes of a two-layer network do not fit: w1 \(w1.shape), b1 \(b1.shape), w2 \(w2.shape), b2 \(b2.shape)")
    (self.w1, self.b1, self.w2, self.b2) = (w1, b1, w2, b2)
  }

  /// The parameters before training: random weights, zero biases.
  public static func initial(
    inputs: Int, hidden: Int, classes: Int, key: Key, initializer: Initializer = .xavier
  ) -> Params {
    Params(
      w1: initializer.weights(inputs: inputs, outputs: hidden, key: key.child(0)), b1: .zeros([hidden]),
      w2: initializer.weights(inputs: hidden, outputs: classes, key: key.child(1)), b2: .zeros([classes]))
  }

  /// The names are those of PyTorch's `Sequential(Linear, ReLU, Linear)`.
  public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Params {
    Params(
      w1: try visit("0.weight", w1), b1: try visit("0.bias", b1),
      w2: try visit("2.weight", w2), b2: try visit("2.bias", b2))
  }
}

/// The scores of the classes, [samples, classes], for inputs `x` [samples, inputs].
public func forward<S>(params: Params<S>, x: Tensor<S>) -> Tensor<S> {
  fusedForward(params, x)  // the same bits, faster, for many samples; nil for few
    ?? matmul(hidden(params: params, x: x), params.w2, plus: params.b2)
}

/// The activations of the hidden units, [samples, hidden].
public func hidden<S>(params: Params<S>, x: Tensor<S>) -> Tensor<S> {
  relu(matmul(x, params.w1, plus: params.b1))
}

/// The probabilities of the classes, [samples, classes].
public func probabilities<S>(params: Params<S>, x: Tensor<S>) -> Tensor<S> {
  softmax(forward(params: params, x: x))
}

/// The most probable class of each sample.
public func predict<S>(params: Params<S>, x: Tensor<S>) -> Labels {
  Labels(forward(params: params, x: x).argmax())
}

/// The mean softmax cross-entropy of the true classes `y`.
public func loss<S>(params: Params<S>, x: Tensor<S>, y: Labels) -> S {
  crossEntropy(forward(params: params, x: x), y)
}

/// The derivatives of the loss with respect to every parameter.
public func gradients<S>(params: Params<S>, x: Tensor<S>, y: Labels) -> Params<S> {
  lossAndGradients(params: params, x: x, y: y).gradients
}

/// The loss and its gradients from one forward pass.
public func lossAndGradients<S>(params: Params<S>, x: Tensor<S>, y: Labels) -> (loss: S, gradients: Params<S>) {
  let h = hidden(params: params, x: x)
  let scores = matmul(h, params.w2, plus: params.b2)

  let dScores = crossEntropyGradient(scores, y)
  let dHidden = matmul(dScores, params.w2.transposed).keptWherePositive(h)
  let gradients = Params(
    w1: matmul(x.transposed, dHidden), b1: dHidden.sum(axis: 0),
    w2: matmul(h.transposed, dScores), b2: dScores.sum(axis: 0))
  return (crossEntropy(scores, y), gradients)
}
