// Classes as whole numbers in an array, wherever functions take labels.

extension Samples {
  /// - Precondition: one class for each row of `x`.
  public init(x: Tensor<Scalar>, y: [Int]) { self.init(x: x, y: Labels(y)) }

  /// - Precondition: `shape` begins with the number of samples, has as many elements as there are bytes, and there are 256 levels.
  public init(bytes: [UInt8], shape: [Int], levels: [Scalar], y: [Int]) {
    self.init(bytes: bytes, shape: shape, levels: levels, y: Labels(y))
  }
}

extension Targets {
  public static func labels(_ classes: [Int]) -> Targets { labels(Labels(classes)) }
}

public func crossEntropy<S>(_ scores: Tensor<S>, _ y: [Int]) -> S { crossEntropy(scores, Labels(y)) }

public func crossEntropies<S>(_ scores: Tensor<S>, _ y: [Int]) -> [S] { crossEntropies(scores, Labels(y)) }

public func crossEntropyGradient<S>(_ scores: Tensor<S>, _ y: [Int]) -> Tensor<S> {
  crossEntropyGradient(scores, Labels(y))
}

public func loss<S>(params: Params<S>, x: Tensor<S>, y: [Int]) -> S { loss(params: params, x: x, y: Labels(y)) }

public func gradients<S>(params: Params<S>, x: Tensor<S>, y: [Int]) -> Params<S> {
  gradients(params: params, x: x, y: Labels(y))
}

public func lossAndGradients<S>(params: Params<S>, x: Tensor<S>, y: [Int]) -> (loss: S, gradients: Params<S>) {
  lossAndGradients(params: params, x: x, y: Labels(y))
}
