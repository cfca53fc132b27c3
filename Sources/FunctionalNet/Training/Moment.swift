/// Everything that the rest of a training run depends on.
public struct Moment<P: Parameters>: Sendable {
  /// The number of steps taken.
  public private(set) var step: Int

  /// The loss of the latest batch, before the step that it led to; nil before the first step.
  public private(set) var loss: P.Scalar?

  /// What the layers remember; nothing for networks without such layers.
  public private(set) var state: Stack<P.Scalar>

  /// Where the dice of training come from: step t rolls those of `key.child(t)`.
  public let key: Key

  /// The loss that was measured after each epoch, as far as anybody measured and noted it.
  public private(set) var history: [Double]

  // Either both records or their packed form.
  private var records: (params: P, memory: Optimizer<P>.Memory)?
  private var packed: PackedMoment<P>?

  public init(
    params: P, memory: Optimizer<P>.Memory, state: Stack<P.Scalar> = Stack([]), key: Key = Key(0), step: Int,
    loss: P.Scalar?, history: [Double] = []
  ) {
    (records, packed, self.state, self.key) = ((params, memory), nil, state, key)
    (self.step, self.loss, self.history) = (step, loss, history)
  }

  public var params: P { records?.params ?? packed!.params }

  /// What the optimizer remembers.
  public var memory: Optimizer<P>.Memory { records?.memory ?? packed!.memory }

  /// Whether no parameter is infinite or not a number, as after a gradient that was not finite.
  public var isFinite: Bool { records?.params.isFinite ?? packed!.isFinite }

  public var progress: Progress { Progress(step: step, history: history) }

  /// This moment with the loss that was measured after an epoch.
  public func noting(_ loss: Double) -> Moment {
    var next = self
    next.history.append(loss)
    return next
  }

  // MARK: Steps

  /// The moment after a step.
  mutating func advance(params: P, memory: Optimizer<P>.Memory, state: Stack<P.Scalar>, loss: P.Scalar) {
    (records, packed, self.state) = ((params, memory), nil, state)
    (step, self.loss) = (step + 1, loss)
  }

  mutating func advance(packed: PackedMoment<P>, loss: P.Scalar) {
    (records, self.packed) = (nil, packed)
    (step, self.loss) = (step + 1, loss)
  }

  /// The packed form, if this moment has one, taken out of it: nobody holds it then but the caller, if nobody else did.
  mutating func takePacked() -> PackedMoment<P>? { packed.take() }
}

extension Moment: Equatable {
  public static func == (a: Moment, b: Moment) -> Bool {
    a.step == b.step && a.loss == b.loss && a.params == b.params && a.memory == b.memory && a.state == b.state
      && a.key == b.key && a.history == b.history
  }
}

/// The parameters and the optimizer's memory of a moment, arranged for speed; a value to everyone who has no other way to
/// tell, because it is changed only while nobody else holds it.
public class PackedMoment<P: Parameters>: @unchecked Sendable {
  init() {}

  var params: P { fatalError("a packed moment has parameters") }
  var memory: Optimizer<P>.Memory { fatalError("a packed moment has a memory") }
  var isFinite: Bool { fatalError("a packed moment knows whether it is finite") }
}
