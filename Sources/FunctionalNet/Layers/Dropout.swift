/// In training, every number becomes zero with a probability and is divided by the probability of staying otherwise, so
/// that its mean stays; in inference nothing happens. Srivastava et al., "Dropout: a simple way to prevent neural networks
/// from overfitting", JMLR 2014. PyTorch: `Dropout`.
///
/// Which numbers go is a function of the key of the pass, and so of the seed, the step and the place in the network.
public struct Dropout<Scalar: Real>: FixedLayer {
  /// The probability of dropping a number.
  public let probability: Double

  /// - Precondition: `0 <= probability < 1`.
  public init(_ probability: Double = 0.5) {
    require(
      0 <= probability && probability < 1, "a dropout probability is 0 or more and less than 1, not \(probability)")
    self.probability = probability
  }

  public var notation: String { "dropout(\(number(probability)))" }

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    guard case .training(let key) = mode, probability > 0 else { return FixedPass(output: x) { $0 } }
    let mask = Tensor(shape: x.shape, elements: Scalar.mask(x.count, dropping: probability, key: key))
    return FixedPass(output: x * mask) { $0 * mask }
  }
}

extension Real {
  /// Zero with the probability of dropping, and what keeps the mean otherwise.
  public static func mask(_ count: Int, dropping probability: Double, key: Key) -> [Self] {
    let kept = Self(1 / (1 - probability))
    return (0..<count).map { key.unit($0) < probability ? 0 : kept }
  }
}
