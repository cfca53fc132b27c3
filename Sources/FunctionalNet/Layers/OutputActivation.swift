/// A function that turns the scores at the end of a network into probabilities. Either the network ends with it as a layer, or
/// the loss applies it (see `Loss.activation`), but not both: applied to probabilities, it does not give those probabilities.
public enum OutputActivation: String, Sendable {
  case sigmoid, softmax
}

extension Sequential {
  /// The activation that the network ends with; nil where it ends with another layer.
  ///
  /// Layers after it that do not change numbers outside training, `Flatten` and `Dropout`, are passed over. Where the last layer
  /// is a network, its end counts.
  public var outputActivation: OutputActivation? { lastActivation?.activation }

  /// That activation with its indices, from the outside in, as in `ShapeError.position`.
  var lastActivation: (activation: OutputActivation, position: [Int])? {
    if case .activation(let activation, let position) = end { (activation, position) } else { nil }
  }

  private enum End {
    case activation(OutputActivation, position: [Int])
    case otherLayer
    case unchanged
  }

  private var end: End {
    for (position, layer) in layers.enumerated().reversed() {
      switch layer {
      case is Sigmoid<Scalar>: return .activation(.sigmoid, position: [position])
      case is Softmax<Scalar>: return .activation(.softmax, position: [position])
      case is Flatten<Scalar>, is Dropout<Scalar>: continue
      case let network as Sequential<Scalar>:
        switch network.end {
        case .activation(let activation, let inner): return .activation(activation, position: [position] + inner)
        case .otherLayer: return .otherLayer
        case .unchanged: continue
        }
      default: return .otherLayer
      }
    }
    return .unchanged
  }
}
