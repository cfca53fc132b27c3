// A network of three layers that are Linear, ReLU and Linear is the two-layer network. What is made for that one, to the same
// bits and faster, works for it too.

extension Params {
  /// The parameters of the two-layer network as those of its layers.
  public var stack: Stack<Scalar> {
    Stack<Scalar>([
      Linear<Scalar>.Params(weight: w1, bias: b1), Empty<Scalar>(), Linear<Scalar>.Params(weight: w2, bias: b2),
    ])
  }

  /// The parameters of layers as those of the two-layer network; nil where they are not.
  public init?(_ stack: Stack<Scalar>) {
    guard stack.parts.count == 3, let bottom = stack.parts[0] as? Linear<Scalar>.Params,
      let top = stack.parts[2] as? Linear<Scalar>.Params
    else { return nil }
    self.init(w1: bottom.weight, b1: bottom.bias, w2: top.weight, b2: top.bias)
  }
}

extension Sequential {
  /// The two-layer network as layers.
  public static func twoLayer(hidden: Int, classes: Int) -> Sequential {
    Sequential {
      Linear(hidden)
      ReLU()
      Linear(classes)
    }
  }

  /// Whether this is the two-layer network.
  public var isTwoLayer: Bool {
    layers.count == 3 && layers[0] is Linear<Scalar> && layers[1] is ReLU<Scalar> && layers[2] is Linear<Scalar>
  }
}

/// The fused step of the two-layer network for a network that is one, on samples that have only labels; nil where the network
/// is another, or where steps of this kind are not fused.
func fusedStep<S>(
  of network: Sequential<S>, _ loss: Loss<S>, _ optimizer: Optimizer<Stack<S>>
) -> NetworkStep<S>? {
  guard network.isTwoLayer, loss.isPlainCrossEntropy, let rule = optimizer.momentumRule else { return nil }
  return { moment, batch in
    var packed: PackedStack<S>
    if let taken = moment.takePacked() {
      packed = unsafeDowncast(taken, to: PackedStack<S>.self)
    } else {
      guard let params = Params(moment.params), let velocity = Params(moment.memory[0]) else {
        fatalError("the network '\(network.notation)' is given parameters or a memory of another")
      }
      packed = PackedStack(Moment(params: params, memory: [velocity], step: moment.step, loss: nil))
    }
    if !isKnownUniquelyReferenced(&packed) { packed = PackedStack(packed.moment) }
    S.fusedStep(&packed.moment, batch, rule(moment.progress))
    moment.advance(packed: packed, loss: packed.moment.loss ?? .nan)
  }
}

/// A moment of the two-layer network that is one of a network of layers.
private final class PackedStack<Scalar: Real>: PackedMoment<Stack<Scalar>>, @unchecked Sendable {
  var moment: Moment<Params<Scalar>>

  init(_ moment: Moment<Params<Scalar>>) { self.moment = moment }

  override var params: Stack<Scalar> { moment.params.stack }
  override var memory: [Stack<Scalar>] { moment.memory.map(\.stack) }
  override var isFinite: Bool { moment.isFinite }
}
