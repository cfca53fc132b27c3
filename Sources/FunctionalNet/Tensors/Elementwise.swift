import CKernels

// Operations on each element of a tensor, or on the elements of two tensors in step.

/// A function of one number.
public enum UnaryOperation<Scalar: Real>: Sendable {
  case negate, absolute, squareRoot, exp, log, tanh, sigmoid, relu, gelu
  case leakyReLU(slope: Scalar)
  case elu(alpha: Scalar)
  case add(Scalar)
  case subtract(from: Scalar)
  case multiply(by: Scalar)
  case divide(by: Scalar)
  case quotient(of: Scalar)

  /// The nearest number in `-limit...limit`.
  case clamp(limit: Scalar)

  /// Zero for numbers too small to be normal, and the number itself otherwise, also where it is not a number.
  case flushDenormal
}

/// A function of two numbers.
public enum BinaryOperation<Scalar: Real>: Sendable {
  case add, subtract, multiply, divide

  /// The first number where the second is above zero; zero elsewhere.
  case keepWherePositive

  // The first number times the derivative of a function, where the second is the function's value (sigmoid, tanh) or its
  // argument (the others); see `Activations.swift`.
  case sigmoidGradient, tanhGradient, absoluteGradient, geluGradient
  case leakyReLUGradient(slope: Scalar)
  case eluGradient(alpha: Scalar)
}

extension Real {
  public static func map(_ operation: UnaryOperation<Self>, _ x: [Self]) -> [Self] {
    switch operation {
    case .negate: each(x) { -$0 }
    case .absolute: each(x) { Swift.abs($0) }
    case .squareRoot: each(x) { $0.squareRoot() }
    case .exp: whole(x) { exp($0, count: $1, into: $2) }
    case .log: each(x) { log($0) }
    case .tanh: each(x) { tanh($0) }
    case .sigmoid: each(x) { sigmoid($0) }
    case .relu: whole(x) { relu($0, count: $1, into: $2) }
    case .gelu: each(x) { $0 * normalDistribution($0) }
    case .leakyReLU(let slope): each(x) { $0 > 0 ? $0 : slope * $0 }
    case .elu(let alpha): each(x) { $0 > 0 ? $0 : alpha * expMinusOne($0) }
    case .add(let number): each(x) { $0 + number }
    case .subtract(let number): each(x) { number - $0 }
    case .multiply(let factor): each(x) { $0 * factor }
    case .divide(let divisor): each(x) { $0 / divisor }
    case .quotient(let dividend): each(x) { dividend / $0 }
    case .clamp(let limit): each(x) { $0 > limit ? limit : $0 < -limit ? -limit : $0 }
    case .flushDenormal: each(x) { Swift.abs($0) < leastNormalMagnitude ? 0 : $0 }
    }
  }

  public static func combine(_ operation: BinaryOperation<Self>, _ x: [Self], _ y: [Self]) -> [Self] {
    switch operation {
    case .add: each(x, y) { $0 + $1 }
    case .subtract: each(x, y) { $0 - $1 }
    case .multiply: each(x, y) { $0 * $1 }
    case .divide: each(x, y) { $0 / $1 }
    case .keepWherePositive: whole(x, y) { keepWherePositive($0, $1, count: $2, into: $3) }
    case .sigmoidGradient: each(x, y) { $0 * ($1 * (1 - $1)) }
    case .tanhGradient: each(x, y) { $0 * (1 - $1 * $1) }
    case .absoluteGradient: each(x, y) { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 * $0 }
    case .geluGradient: each(x, y) { $0 * (normalDistribution($1) + $1 * normalDensity($1)) }
    case .leakyReLUGradient(let slope): each(x, y) { $1 > 0 ? $0 : slope * $0 }
    case .eluGradient(let alpha): each(x, y) { $1 > 0 ? $0 : $0 * (alpha * exp($1)) }
    }
  }

  private static func whole(
    _ x: [Self], _ operation: (UnsafePointer<Self>, Int, UnsafeMutablePointer<Self>) -> Void
  ) -> [Self] {
    x.withUnsafeBufferPointer { x in
      [Self](unsafeUninitializedCapacity: x.count) { result, count in
        if let start = x.baseAddress, let target = result.baseAddress {
          shareElements(x.count) { operation(start + $0.lowerBound, $0.count, target + $0.lowerBound) }
        }
        count = x.count
      }
    }
  }

  /// Shares places among the threads.
  @inline(__always)
  static func shareElements(_ count: Int, _ body: (Range<Int>) -> Void) {
    Threads.split(count, grain: 1024, if: count >= 1 << 14, body)
  }

  @inline(__always)
  private static func each(_ x: [Self], _ operation: (Self) -> Self) -> [Self] {
    [Self](unsafeUninitializedCapacity: x.count) { result, count in
      x.withUnsafeBufferPointer { x in
        guard let target = result.baseAddress else { return }
        shareElements(x.count) { places in
          for i in places { (target + i).initialize(to: operation(x[i])) }
        }
      }
      count = x.count
    }
  }

  @inline(__always)
  private static func each(_ x: [Self], _ y: [Self], _ operation: (Self, Self) -> Self) -> [Self] {
    whole(x, y) { x, y, count, target in
      for i in 0..<count { (target + i).initialize(to: operation(x[i], y[i])) }
    }
  }

  /// An operation on parts of x and of y, where y is repeated if it is shorter.
  @inline(__always)
  private static func whole(
    _ x: [Self], _ y: [Self],
    _ operation: (UnsafePointer<Self>, UnsafePointer<Self>, Int, UnsafeMutablePointer<Self>) -> Void
  ) -> [Self] {
    [Self](unsafeUninitializedCapacity: x.count) { result, count in
      x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
          guard let target = result.baseAddress, let left = x.baseAddress, let right = y.baseAddress else { return }
          if x.count == y.count {
            shareElements(x.count) { places in
              let first = places.lowerBound
              operation(left + first, right + first, places.count, target + first)
            }
            return
          }
          for start in stride(from: 0, to: x.count, by: max(1, y.count)) {
            operation(left + start, right, y.count, target + start)
          }
        }
      }
      count = x.count
    }
  }

  private static func keepWherePositive(
    _ x: UnsafePointer<Self>, _ mask: UnsafePointer<Self>, count: Int, into y: UnsafeMutablePointer<Self>
  ) {
    let code = InstructionSet.current.code
    if Self.self == Float.self {
      fn_where_positive_f32(code, count, mask.of(), x.of(), y.of())
    } else {
      fn_where_positive_f64(code, count, mask.of(), x.of(), y.of())
    }
  }
}

// MARK: On tensors

extension Tensor {
  /// A function of every element.
  public func map(_ operation: UnaryOperation<Scalar>) -> Tensor {
    Tensor(shape: shape, elements: Scalar.map(operation, elements))
  }

  /// A function of every element, in index order: `x.map { $0 * $0 }`. One that is among the operations is faster by its name.
  @inlinable
  public func map(_ function: (Scalar) throws -> Scalar) rethrows -> Tensor {
    Tensor(shape: shape, elements: try elements.map(function))
  }

  /// A function of every element and the element of `other` at the same place. A tensor of fewer dimensions, equal to
  /// the last ones of this tensor, is repeated: `[n, outputs] + [outputs]` adds a bias to every row.
  ///
  /// - Precondition: the other shape is this one, or ends it.
  public func combined(_ operation: BinaryOperation<Scalar>, with other: Tensor) -> Tensor {
    require(
      shape.suffix(other.shape.count) == other.shape[...],
      "shapes \(shape) and \(other.shape) do not go together: the second must be the first, or end it")
    return Tensor(shape: shape, elements: Scalar.combine(operation, elements, other.elements))
  }

  public static func + (x: Tensor, y: Tensor) -> Tensor { x.combined(.add, with: y) }
  public static func - (x: Tensor, y: Tensor) -> Tensor { x.combined(.subtract, with: y) }
  public static func * (x: Tensor, y: Tensor) -> Tensor { x.combined(.multiply, with: y) }
  public static func / (x: Tensor, y: Tensor) -> Tensor { x.combined(.divide, with: y) }
  public static prefix func - (x: Tensor) -> Tensor { x.map(.negate) }

  // The same with one number for all elements.

  public static func + (x: Tensor, number: Scalar) -> Tensor { x.map(.add(number)) }
  public static func + (number: Scalar, x: Tensor) -> Tensor { x.map(.add(number)) }
  public static func - (x: Tensor, number: Scalar) -> Tensor { x.map(.add(-number)) }
  public static func - (number: Scalar, x: Tensor) -> Tensor { x.map(.subtract(from: number)) }
  public static func * (x: Tensor, factor: Scalar) -> Tensor { x.map(.multiply(by: factor)) }
  public static func * (factor: Scalar, x: Tensor) -> Tensor { x.map(.multiply(by: factor)) }
  public static func / (x: Tensor, divisor: Scalar) -> Tensor { x.map(.divide(by: divisor)) }
  public static func / (dividend: Scalar, x: Tensor) -> Tensor { x.map(.quotient(of: dividend)) }

  /// This tensor where `other` is above zero, and zero elsewhere: the gradient of `relu` passed back.
  public func keptWherePositive(_ other: Tensor) -> Tensor { combined(.keepWherePositive, with: other) }
}

/// The rectifier `max(x, 0)`. At 0 its derivative counts as 0; what is not a number stays so. A tensor that nobody else
/// holds becomes its own result.
public func relu<S>(_ x: consuming Tensor<S>) -> Tensor<S> {
  x.rectify()
  return x
}

extension Tensor {
  fileprivate mutating func rectify() { Scalar.rectify(&elements) }
}

extension Real {
  public static func rectify(_ x: inout [Self]) {
    x.withUnsafeMutableBufferPointer { x in
      guard let start = x.baseAddress else { return }
      shareElements(x.count) { relu(start + $0.lowerBound, count: $0.count, into: start + $0.lowerBound) }
    }
  }
}
