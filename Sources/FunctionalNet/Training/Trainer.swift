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

  /// The moment after one step on one batch. A moment that nobody else holds is changed in place.
  public let next: @Sendable (consuming Moment<P>, Samples<P.Scalar>) -> Moment<P>

  /// A trainer for any pure loss of parameters and a batch.
  public init(params: P, optimizer: Optimizer<P>, lossAndGradients: @escaping LossAndGradients) {
    self.init(params, optimizer) { moment, batch in
      let params = moment.params
      let (loss, gradients) = lossAndGradients(params, batch)
      let (updates, memory) = optimizer.update(gradients, moment.memory, params, moment.progress)
      moment.advance(params: params + updates, memory: memory, state: moment.state, loss: loss)
    }
  }

  init(
    _ params: P, _ optimizer: Optimizer<P>, state: Stack<P.Scalar> = Stack([]), key: Key = Key(0),
    step: @escaping @Sendable (inout Moment<P>, Samples<P.Scalar>) -> Void
  ) {
    start = Moment(params: params, memory: optimizer.initial(params), state: state, key: key, step: 0, loss: nil)
    next = { (moment: consuming Moment<P>, batch: Samples<P.Scalar>) in
      var next = consume moment
      step(&next, batch)
      return next
    }
  }
}

extension Trainer {
  /// A trainer for the two-layer network; with momentum its steps are fused, which changes their speed and nothing else.
  public init<S>(params: Params<S>, optimizer: Optimizer<P>) where P == Params<S> {
    guard let rule = optimizer.momentumRule else {
      self.init(composing: params, optimizer: optimizer)
      return
    }
    self.init(params, optimizer) { moment, batch in S.fusedStep(&moment, batch, rule(moment.progress)) }
  }

  /// A trainer whose steps are `lossAndGradients` followed by the optimizer, by definition.
  public init<S>(composing params: Params<S>, optimizer: Optimizer<P>) where P == Params<S> {
    self.init(params: params, optimizer: optimizer) { FunctionalNet.lossAndGradients(params: $0, x: $1.x, y: $1.y) }
  }
}

extension Sequence {
  /// The fold of training. Unlike the fold of all sequences it hands each moment on without keeping it, so that a trainer
  /// can change it in place.
  public func reduce<P>(
    _ initial: Moment<P>, _ next: (consuming Moment<P>, Element) throws -> Moment<P>
  ) rethrows -> Moment<P> {
    var moment = initial
    for element in self { moment = try next(consume moment, element) }
    return moment
  }
}
