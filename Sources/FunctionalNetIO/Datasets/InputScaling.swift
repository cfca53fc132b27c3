import FunctionalNet

/// What is done to inputs before a network sees them, `(x - offset) / divisor`; it is saved with the network.
public struct InputScaling: Equatable, Sendable {
  /// One number for all inputs, or one for each.
  public let offset: [Double]
  public let divisor: [Double]

  /// Whether an input that is missing, a NaN, becomes 0 once it is scaled: as if it had been `offset`, the mean of its column.
  public let fillsMissing: Bool

  /// - Precondition: as many offsets as divisors, and no divisor is zero.
  public init(offset: [Double], divisor: [Double], fillsMissing: Bool = false) {
    precondition(offset.count == divisor.count && !offset.isEmpty && !divisor.contains(0))
    (self.offset, self.divisor, self.fillsMissing) = (offset, divisor, fillsMissing)
  }

  /// Leaves inputs as they are.
  public static let none = InputScaling(offset: [0], divisor: [1])

  /// As a model file has it; that missing values are filled is said only where they are.
  var json: JSON {
    let members: [JSON.Member] = [
      .init(name: "offset", value: .array(offset.map { .number($0) })),
      .init(name: "divisor", value: .array(divisor.map { .number($0) })),
    ]
    return .object(fillsMissing ? members + [.init(name: "missing", value: .string("mean"))] : members)
  }

  /// Whether every input is scaled in the same way.
  var isSameForAllInputs: Bool { offset.count == 1 }

  /// The scaling that suits a data set, learned from its training part only: pixels become 0 to 1; each column of
  /// measurements gets mean 0 and standard deviation 1. Where missing values are to be filled, they do not count.
  public init(fitting training: Dataset) {
    switch training.kind {
    case .pixels(let white): self.init(offset: [0], divisor: [white])
    case .plain: self = .none
    case .columns where training.missing == .mean:
      let (mean, deviation) = statistics(ofPresent: training.tensor(Double.self).elements, columns: training.sampleSize)
      self.init(offset: mean, divisor: deviation.map { $0 > 0 ? $0 : 1 }, fillsMissing: true)
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
    if fillsMissing {
      let scaled = InputScaling(offset: offset, divisor: divisor).applied(to: x)
      return Tensor(shape: x.shape, elements: scaled.elements.map { $0 == $0 ? $0 : 0 })
    }
    if self == .none { return x }
    if isSameForAllInputs {
      let shifted = offset[0] == 0 ? x : x - Tensor(scalar: S(offset[0]))
      return shifted / S(divisor[0])
    }
    return (x - Tensor(S.converting(offset))) / Tensor(S.converting(divisor))
  }
}

/// The mean and the standard deviation of each column, over the values that are numbers; 0 where there is none.
private func statistics(ofPresent x: [Double], columns: Int) -> (mean: [Double], deviation: [Double]) {
  func means(_ value: (Double, Int) -> Double) -> [Double] {
    var (sums, counts) = ([Double](repeating: 0, count: columns), [Double](repeating: 0, count: columns))
    var column = 0
    for number in x {
      if !number.isNaN {
        sums[column] += value(number, column)
        counts[column] += 1
      }
      column = column + 1 == columns ? 0 : column + 1
    }
    return zip(sums, counts).map { $0 / max(1, $1) }
  }
  let mean = means { number, _ in number }
  let variance = means { number, column in (number - mean[column]) * (number - mean[column]) }
  return (mean, variance.map { $0.squareRoot() })
}
