import FunctionalNet

/// What is done to inputs before a network sees them, `(x - offset) / divisor`; it is saved with the network.
public struct InputScaling: Equatable, Sendable {
  /// One number for all inputs, or one for each.
  public let offset: [Double]
  public let divisor: [Double]

  /// - Precondition: as many offsets as divisors, and no divisor is zero.
  public init(offset: [Double], divisor: [Double]) {
    precondition(offset.count == divisor.count && !offset.isEmpty && !divisor.contains(0))
    (self.offset, self.divisor) = (offset, divisor)
  }

  /// Leaves inputs as they are.
  public static let none = InputScaling(offset: [0], divisor: [1])

  /// Whether every input is scaled in the same way.
  var isSameForAllInputs: Bool { offset.count == 1 }

  /// The scaling that suits a data set, learned from its training part only: pixels become 0 to 1; each column of
  /// measurements gets mean 0 and standard deviation 1.
  public init(fitting training: Dataset) {
    switch training.kind {
    case .pixels(let white): self.init(offset: [0], divisor: [white])
    case .plain: self = .none
    case .columns:
      let x = training.tensor(Double.self)
      let n = Double(max(1, training.count))
      let mean = x.sum(axis: 0) / n
      let centered = x - mean
      let variance = (centered * centered).sum(axis: 0) / n
      let deviation = variance.map(.squareRoot).elements
      self.init(offset: mean.elements, divisor: deviation.map { $0 > 0 ? $0 : 1 })
    }
  }

  /// Inputs as a file has them, scaled, as `[samples, size]`: numbers in Double and then rounded once, pixels in the
  /// precision that is asked for.
  public func applied<S: Real>(to inputs: Dataset.Inputs, size: Int) -> Tensor<S> {
    switch inputs {
    case .bytes(let bytes):
      return applied(to: Tensor(shape: [bytes.count / size, size], elements: S.converting(bytes)))
    case .numbers(let numbers):
      let x = applied(to: Tensor<Double>(shape: [numbers.count / size, size], elements: numbers))
      return x as? Tensor<S> ?? Tensor(shape: x.shape, elements: S.converting(x.elements))
    }
  }

  /// Inputs `[samples, inputs]`, scaled.
  public func applied<S: Real>(to x: Tensor<S>) -> Tensor<S> {
    if self == .none { return x }
    if isSameForAllInputs {
      let shifted = offset[0] == 0 ? x : x - Tensor(scalar: S(offset[0]))
      return shifted / S(divisor[0])
    }
    return (x - Tensor(S.converting(offset))) / Tensor(S.converting(divisor))
  }
}
