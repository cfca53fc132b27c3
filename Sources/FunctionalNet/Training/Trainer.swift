/// Everything that the rest of a training run depends on.
public struct Moment<P: Parameters>: Equatable, Sendable {
  public let params: P

  /// What the optimizer remembers.
  public let memory: Optimizer<P>.Memory

  /// The number of steps taken.
  public let step: Int

  /// The loss of the latest batch, before the step that it led to; nil before the first step.
  public let loss: P.Scalar?

  public init(params: P, memory: Optimizer<P>.Memory, step: Int, loss: P.Scalar?) {
    (self.params, self.memory, self.step, self.loss) = (params, memory, step, loss)
  }
}

/// Training as a fold. A trainer has the first moment and the function from one moment to the next:
///
///     let trained = batches.reduce(trainer.start, trainer.next)
///     let curve = batches.scan(trainer.start, trainer.next).map(\.loss)
///
/// Early stopping is a `prefix` of the second, a checkpoint is one of its elements written down.
public struct Trainer<P: Parameters>: Sendable {
  public typealias LossAndGradients = @Sendable (P, Samples<P.Scalar>) -> (loss: P.Scalar, gradients: P)

  /// The moment before the first step.
  public let start: Moment<P>
  let optimizer: Optimizer<P>
  let lossAndGradients: LossAndGradients

  /// A trainer for any pure loss of parameters and a batch.
  public init(params: P, optimizer: Optimizer<P>, lossAndGradients: @escaping LossAndGradients) {
    self.start = Moment(params: params, memory: optimizer.initial(params), step: 0, loss: nil)
    (self.optimizer, self.lossAndGradients) = (optimizer, lossAndGradients)
  }

  /// One step on one batch.
  public func next(_ moment: Moment<P>, _ batch: Samples<P.Scalar>) -> Moment<P> {
    let (loss, gradients) = lossAndGradients(moment.params, batch)
    let (updates, memory) = optimizer.update(gradients, moment.memory, moment.params)
    return Moment(params: moment.params + updates, memory: memory, step: moment.step + 1, loss: loss)
  }
}

extension Trainer {
  /// A trainer for the two-layer network.
  public init<S>(params: Params<S>, optimizer: Optimizer<P>) where P == Params<S> {
    self.init(params: params, optimizer: optimizer) { FunctionalNet.lossAndGradients(params: $0, x: $1.x, y: $1.y) }
  }
}
