// Training of networks that are made of layers.

extension Trainer {
  /// A trainer for a network.
  ///
  /// - Parameters:
  ///   - sampleShape: the shape of one sample.
  ///   - key: where the first parameters and all dice of training come from.
  /// - Throws: `ShapeError` that names the layer that cannot take its input, the activation at the end that the loss applies by
  ///   itself, or the loss that cannot take the outputs.
  public init<S>(
    _ network: Sequential<S>, sampleShape: [Int], loss: Loss<S> = .crossEntropy(), optimizer: Optimizer<P>, key: Key
  ) throws(ShapeError) where P == Stack<S> {
    let outputs = try network.outputShape(for: sampleShape)
    try network.checkOutput(for: loss)
    if loss.activation == .softmax, outputs.count != 1 || outputs[0] < 2 {
      throw ShapeError(
        layer: loss.name,
        "compares the scores of two classes or more, not outputs of shape \(outputs); " + adviceForNumbers)
    }
    self.init(
      network, params: network.initialParams(for: sampleShape, key: key.child(0)),
      state: network.initialState(for: sampleShape), loss: loss, optimizer: optimizer, key: key.child(1))
  }

  /// A trainer for a network from given parameters on, which takes the network and the loss as they are; `shapes(for:)` and
  /// `checkOutput(for:)` check them. Where there are fused steps for it, those are taken, which changes their speed and nothing
  /// else.
  public init<S>(
    _ network: Sequential<S>, params: Stack<S>, state: Stack<S>, loss: Loss<S> = .crossEntropy(),
    optimizer: Optimizer<P>, key: Key
  ) where P == Stack<S> {
    let composed = composedStep(network, loss, optimizer)
    guard let fused = fusedStep(of: network, loss, optimizer) else {
      self.init(params, optimizer, state: state, key: key, step: composed)
      return
    }
    self.init(params, optimizer, state: state, key: key) { moment, batch in
      if batch.haveOnlyLabels { fused(&moment, batch) } else { composed(&moment, batch) }
    }
  }

  /// A trainer whose steps are a pass, its pullback and the optimizer, by definition.
  public init<S>(
    composing network: Sequential<S>, params: Stack<S>, state: Stack<S>, loss: Loss<S> = .crossEntropy(),
    optimizer: Optimizer<P>, key: Key
  ) where P == Stack<S> {
    self.init(params, optimizer, state: state, key: key, step: composedStep(network, loss, optimizer))
  }
}

extension Sequential {
  /// Checks that the network does not end with a sigmoid or a softmax where the loss applies one to its outputs.
  ///
  /// - Throws: `ShapeError` that names that layer.
  public func checkOutput(for loss: Loss<Scalar>) throws(ShapeError) {
    guard let applied = loss.activation, let (activation, position) = lastActivation else { return }
    throw ShapeError(
      position: position, layer: activation.rawValue,
      "the loss \(loss.name) takes scores and applies \(applied.rawValue) by itself; leave this layer out")
  }
}

/// A step from one moment to the next.
typealias NetworkStep<S: Real> = @Sendable (inout Moment<Stack<S>>, Samples<S>) -> Void

private func composedStep<S>(
  _ network: Sequential<S>, _ loss: Loss<S>, _ optimizer: Optimizer<Stack<S>>
) -> NetworkStep<S> {
  { moment, batch in
    let params = moment.params
    let pass = network.pass(params, moment.state, batch.x, .training(moment.key.child(moment.step)))
    let (loss, gradient) = loss(pass.output, batch.targets)
    let gradients = pass.pullback(gradient()).params
    let (updates, memory) = optimizer.update(gradients, moment.memory, params, moment.progress)
    moment.advance(params: params + updates, memory: memory, state: pass.state, loss: loss)
  }
}
