/// How weights begin: random numbers just large enough that signals neither die out nor grow from layer to layer, which
/// depends on the number of inputs that an output is a sum of (fan-in) and of outputs that an input goes to (fan-out). The
/// fans of a convolution count the places of its kernel.
public enum Initializer: Equatable, Sendable {
  /// Xavier or Glorot: uniform over ±√(6 / (fanIn + fanOut)), or normal with the same variance. Glorot and Bengio,
  /// "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010. PyTorch:
  /// `xavier_uniform_`, `xavier_normal_`.
  case xavier, xavierNormal

  /// He or Kaiming: normal with standard deviation √(2 / fanIn), made for ReLU, or uniform with the same variance. He et
  /// al., "Delving deep into rectifiers", ICCV 2015. PyTorch: `kaiming_normal_(nonlinearity="relu")`, `kaiming_uniform_`.
  case he, heUniform

  /// LeCun: normal with standard deviation √(1 / fanIn), or uniform with the same variance. LeCun et al., "Efficient
  /// backprop", 1998.
  case lecun, lecunUniform

  /// Uniform over ±limit.
  case uniform(limit: Double)

  /// Normal around 0.
  case normal(standardDeviation: Double)

  /// The same number everywhere.
  case constant(Double)

  public static var zeros: Initializer { .constant(0) }

  /// Those that need no number, under their names.
  public static let named: KeyValuePairs<String, Initializer> = [
    "xavier": .xavier, "xavier_normal": .xavierNormal, "he": .he, "he_uniform": .heUniform, "lecun": .lecun,
    "lecun_uniform": .lecunUniform, "zeros": .zeros,
  ]

  /// Weights of a shape.
  public func weights<S>(_ shape: [Int], fanIn: Int, fanOut: Int, key: Key) -> Tensor<S> {
    let (fanIn, fanOut) = (Double(fanIn), Double(fanOut))
    func uniform(variance: Double) -> Tensor<S> {
      .uniform(shape, from: -(3 * variance).squareRoot(), to: (3 * variance).squareRoot(), key: key)
    }
    func normal(variance: Double) -> Tensor<S> {
      .normal(shape, standardDeviation: variance.squareRoot(), key: key)
    }
    switch self {
    case .xavier:
      let limit = (6 / (fanIn + fanOut)).squareRoot()
      return .uniform(shape, from: -limit, to: limit, key: key)
    case .xavierNormal: return normal(variance: 2 / (fanIn + fanOut))
    case .he: return normal(variance: 2 / fanIn)
    case .heUniform: return uniform(variance: 2 / fanIn)
    case .lecun: return normal(variance: 1 / fanIn)
    case .lecunUniform: return uniform(variance: 1 / fanIn)
    case .uniform(let limit): return .uniform(shape, from: -limit, to: limit, key: key)
    case .normal(let deviation): return .normal(shape, standardDeviation: deviation, key: key)
    case .constant(let value): return Tensor(shape: shape, repeating: S(value))
    }
  }

  /// A matrix of weights, `[inputs, outputs]`.
  public func weights<S>(inputs: Int, outputs: Int, key: Key) -> Tensor<S> {
    weights([inputs, outputs], fanIn: inputs, fanOut: outputs, key: key)
  }
}
