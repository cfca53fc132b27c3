/// A function that makes probabilities of the scores at the end of a network. A network may end with it as a layer, or a loss
/// may apply it (see `Loss.activation`), but not both: probabilities taken for scores once more are no longer probabilities.
public enum OutputActivation: String, Sendable {
  case sigmoid, softmax
}

extension Sequential {
  /// The activation that the network ends with; nil where it ends with another layer.
  ///
  /// What follows without changing numbers outside training, `Flatten` and `Dropout`, does not count, and the end of a network
  /// within this one does.
  public var outputActivation: OutputActivation? { lastActivation?.activation }

  /// That activation with its position, from the outside in.
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
