/// Everything that the rest of a training run depends on.
public struct Moment<P: Parameters>: Sendable {
  /// The number of steps taken.
  public let step: Int

  /// The loss of the latest batch, before the step that it led to; nil before the first step.
  public let loss: P.Scalar?

  // Either both records or their packed form.
  private let records: (params: P, memory: Optimizer<P>.Memory)?
  private var packed: PackedMoment<P>?

  public init(params: P, memory: Optimizer<P>.Memory, step: Int, loss: P.Scalar?) {
    (records, packed, self.step, self.loss) = ((params, memory), nil, step, loss)
  }

  init(packed: PackedMoment<P>, step: Int, loss: P.Scalar?) {
    (records, self.packed, self.step, self.loss) = (nil, packed, step, loss)
  }

  public var params: P { records?.params ?? packed!.params }

  /// What the optimizer remembers.
  public var memory: Optimizer<P>.Memory { records?.memory ?? packed!.memory }

  /// The packed form, if this moment has one, taken out of it: nobody holds it then but the caller, if nobody else did.
  mutating func takePacked() -> PackedMoment<P>? { packed.take() }
}

extension Moment: Equatable {
  public static func == (a: Moment, b: Moment) -> Bool {
    a.step == b.step && a.loss == b.loss && a.params == b.params && a.memory == b.memory
  }
}

/// The parameters and the optimizer's memory of a moment, arranged for speed; a value to everyone who has no other way to
/// tell, because it is changed only while nobody else holds it.
public class PackedMoment<P: Parameters>: @unchecked Sendable {
  init() {}

  var params: P { fatalError("a packed moment has parameters") }
  var memory: Optimizer<P>.Memory { fatalError("a packed moment has a memory") }
}
