/// How weights begin: random numbers just large enough that signals neither die out nor grow from layer to layer.
public enum Initializer: String, CaseIterable, Sendable {
  /// Xavier or Glorot: uniform over ±√(6 / (inputs + outputs)). Glorot and Bengio, "Understanding the difficulty of
  /// training deep feedforward neural networks", AISTATS 2010. PyTorch: `xavier_uniform_`.
  case xavier

  /// He or Kaiming: normal with standard deviation √(2 / inputs), made for ReLU. He et al., "Delving deep into
  /// rectifiers", ICCV 2015. PyTorch: `kaiming_normal_(nonlinearity="relu")`.
  case he

  /// A matrix of weights.
  public func weights<S>(inputs: Int, outputs: Int, key: Key) -> Tensor<S> {
    switch self {
    case .xavier:
      let limit = (6 / Double(inputs + outputs)).squareRoot()
      return .uniform([inputs, outputs], from: -limit, to: limit, key: key)
    case .he:
      return .normal([inputs, outputs], standardDeviation: (2 / Double(inputs)).squareRoot(), key: key)
    }
  }
}
