// A gradient is right when it is what small changes of the parameters do to the function. These checks take any pure
// scalar function of any record of parameters, and do not know how its gradient was computed.

/// What a gradient check found.
public struct GradientReport<Scalar: Real>: Sendable, CustomStringConvertible {
  /// One derivative: as the gradient has it, and as the function's values have it.
  public struct Entry: Sendable, CustomStringConvertible {
    /// The name of the tensor, or of the direction.
    public let name: String
    public let indices: [Int]
    public let analytic: Scalar
    public let numeric: Scalar

    /// The difference, divided by the largest of both, of the typical size of derivatives in this tensor, and of the size below
    /// which the rounding of the function's value alone makes up a difference of the tolerance.
    public let error: Scalar

    /// Whether the function has a kink here, so that no derivative exists to compare with.
    public let isKink: Bool

    public var description: String {
      let place = indices.isEmpty ? name : name + "[" + indices.map(String.init).joined(separator: ", ") + "]"
      return "\(place): analytic \(analytic), numeric \(numeric), error \(error)\(isKink ? " (kink)" : "")"
    }
  }

  /// All derivatives that were compared, the worst first; those at kinks last.
  public let entries: [Entry]

  /// The largest error that passes.
  public let tolerance: Scalar

  init(entries: [Entry], tolerance: Scalar) {
    self.entries = entries.sorted { Self.rank($0) > Self.rank($1) }
    self.tolerance = tolerance
  }

  /// Errors in order; what is not a number is the worst of all, a kink does not count.
  private static func rank(_ entry: Entry) -> Scalar {
    if entry.isKink { return -1 }
    return entry.error.isNaN ? .infinity : entry.error
  }

  /// The derivatives at kinks, which are not judged.
  public var kinks: Int { entries.lazy.filter(\.isKink).count }

  /// The largest error; infinite where a derivative is not a number or where nothing could be compared.
  public var maxError: Scalar { entries.first.map { Self.rank($0) < 0 ? .infinity : Self.rank($0) } ?? .infinity }

  /// Whether every derivative that exists agrees, and there was one.
  public var passed: Bool { maxError <= tolerance }

  public var description: String {
    let verdict = passed ? "passed" : "FAILED"
    let head =
      "\(verdict): \(entries.count) derivatives, \(kinks) at kinks, largest error \(maxError), tolerance \(tolerance)"
    let advice =
      passed || Scalar.self == Double.self ? [] : ["  (in Float, rounding looks like errors: check in Double)"]
    return ([head] + advice + entries.prefix(10).map { "  \($0)" }).joined(separator: "\n")
  }
}

/// The largest error that a check passes unless told otherwise: 1e-7 in Double, 5e-3 in Float, whose differences are
/// mostly rounding.
public func defaultTolerance<S: Real>(_ type: S.Type = S.self) -> S { S.ulpOfOne < 1e-10 ? 1e-7 : 5e-3 }

/// Compares every coordinate of a gradient with central differences of the function.
///
/// Work in Double. In Float the rounding of the function's values drowns derivatives below a thousandth of the value, and
/// kinks as near as that cannot be told from errors; only small and smooth functions can be checked there.
///
/// - Parameters:
///   - f: a pure function, the same whenever it is asked.
///   - params: where the gradient was computed.
///   - gradient: the gradient in question.
///   - every: 1 checks all coordinates, 10 each tenth one, for large records.
public func checkGradient<P: Parameters>(
  of f: (P) -> P.Scalar, at params: P, gradient: P, tolerance: P.Scalar = defaultTolerance(), every: Int = 1
) -> GradientReport<P.Scalar> {
  var entries: [GradientReport<P.Scalar>.Entry] = []
  let smallest = smallestJudged(f(params), tolerance)
  let analytic = params.zip(gradient) { $1 }.named  // which makes sure that the shapes are those of the parameters
  for (number, (name, tensor)) in params.named.enumerated() {
    let offsets = Array(stride(from: 0, to: tensor.count, by: max(1, every)))
    let slopes = analytic[number].tensor.elements
    let typical = rootMeanSquare(slopes)
    func derivative(_ offset: Int, isNear: Bool) -> NumericalDerivative<P.Scalar> {
      NumericalDerivative(
        of: { f(params.moved(tensor: number, offset: offset, by: $0)) }, scale: max(1, abs(tensor.elements[offset])),
        goal: tolerance / 10 * max(typical, abs(slopes[offset])), isNear: isNear)
    }
    let derivatives = offsets.map { derivative($0, isNear: false) }
    let scale = max(typical, rootMeanSquare(derivatives.map(\.value)))
    for (offset, numeric) in Swift.zip(offsets, derivatives) {
      entries.append(
        .init(
          name: name, indices: tensor.indices(of: offset), analytic: slopes[offset], numeric,
          error: relativeError(slopes[offset], numeric.value, scale, smallest), tolerance: tolerance,
          near: { derivative(offset, isNear: true) }))
    }
  }
  return GradientReport(entries: entries, tolerance: tolerance)
}

/// Compares the slope of the function along random directions with the gradient's: a quick check of all coordinates at
/// once that no sign error passes.
public func checkDirections<P: Parameters>(
  of f: (P) -> P.Scalar, at params: P, gradient: P, directions: Int = 4, key: Key,
  tolerance: P.Scalar = defaultTolerance()
) -> GradientReport<P.Scalar> {
  let smallest = smallestJudged(f(params), tolerance)
  let entries = (0..<directions).map { number in
    let direction = params.randomDirection(key: key.child(number))
    let analytic = gradient.dot(direction)
    let scale = gradient.norm / P.Scalar(params.count).squareRoot()
    func derivative(isNear: Bool) -> NumericalDerivative<P.Scalar> {
      NumericalDerivative(
        of: { f(params + $0 * direction) }, goal: tolerance / 10 * max(scale, abs(analytic)), isNear: isNear)
    }
    let numeric = derivative(isNear: false)
    return GradientReport<P.Scalar>.Entry(
      name: "direction \(number)", indices: [], analytic: analytic, numeric,
      error: relativeError(analytic, numeric.value, scale, smallest), tolerance: tolerance,
      near: { derivative(isNear: true) })
  }
  return GradientReport(entries: entries, tolerance: tolerance)
}

extension GradientReport.Entry {
  /// Where both derivatives differ, and the one from the nearest neighbourhood is ten times as near to the gradient's, longer
  /// steps went over a kink: that is the fault of the steps, and not of the gradient.
  fileprivate init(
    name: String, indices: [Int], analytic: Scalar, _ numeric: NumericalDerivative<Scalar>, error: Scalar,
    tolerance: Scalar, near: () -> NumericalDerivative<Scalar>
  ) {
    let isKink =
      numeric.isKink || (error > tolerance && 10 * abs(near().value - analytic) < abs(numeric.value - analytic))
    self.init(
      name: name, indices: indices, analytic: analytic, numeric: numeric.value, error: error, isKink: isKink)
  }
}

private func relativeError<S: Real>(_ a: S, _ b: S, _ scale: S, _ smallest: S) -> S {
  let difference = abs(a - b)
  return difference == 0 ? 0 : difference / max(smallest, abs(a), abs(b), scale)
}

/// The size of derivatives of which the rounding of a function's value, 1024 units in its last digit, is as much as the
/// tolerance: smaller ones cannot be told apart so well. Those who ask for a stricter tolerance than the usual one get it.
private func smallestJudged<S: Real>(_ value: S, _ tolerance: S) -> S {
  value.isFinite ? 1024 * S.ulpOfOne * abs(value) / max(tolerance, defaultTolerance()) : 0
}

private func rootMeanSquare<S: Real>(_ x: [S]) -> S {
  x.isEmpty ? 0 : S((S.dot(x, x) / Double(x.count)).squareRoot())
}

extension Parameters {
  /// This record with one scalar changed.
  fileprivate func moved(tensor number: Int, offset: Int, by step: Scalar) -> Self {
    var current = 0
    return traverse { _, tensor in
      defer { current += 1 }
      guard current == number else { return tensor }
      var elements = tensor.elements
      elements[offset] += step
      return Tensor(shape: tensor.shape, elements: elements)
    }
  }

  /// A record of this shape and a length, pointing anywhere; zeros where there is nothing to point with.
  public func randomDirection(key: Key, length: Scalar = 1) -> Self {
    var current = 0
    let direction = traverse { _, tensor in
      defer { current += 1 }
      return .normal(tensor.shape, key: key.child(current))
    }
    let norm = direction.norm
    return norm > 0 ? length / norm * direction : direction
  }
}
