import FunctionalNet
import TestSupport
import Testing

private struct Point<Scalar: Real>: Parameters {
  let a: Tensor<Scalar>
  let b: Tensor<Scalar>
  func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Point {
    Point(a: try visit("a", a), b: try visit("b", b))
  }
}

/// One vector as a record.
private struct One: Parameters {
  let value: Tensor<Double>
  init(_ elements: [Double]) { value = Tensor(elements) }
  init(value: Tensor<Double>) { self.value = value }
  func traverse(_ visit: (String, Tensor<Double>) throws -> Tensor<Double>) rethrows -> One {
    One(value: try visit("value", value))
  }
}

@Suite struct NumericalDerivativeLaws {
  @Test func smoothFunctions() {
    let cases: [(f: (Double) -> Double, derivative: Double)] = [
      ({ 3 * $0 + 2 }, 3), ({ $0 * $0 + 5 * $0 }, 5), ({ Double.exp($0) }, 1), ({ Double.exp(8 * $0) }, 8),
      ({ 1 / (1 + $0) }, -1), ({ Double.tanh(20 * $0) }, 20), ({ 1e6 + $0 }, 1), ({ 1e-9 * Double.exp($0) }, 1e-9),
      ({ _ in 7 }, 0),
    ]
    for (number, (f, derivative)) in cases.enumerated() {
      let found = NumericalDerivative(of: f)
      let scale = max(abs(derivative), abs(f(0)) * 1e-3)
      #expect(abs(found.value - derivative) <= 1e-8 * scale, "case \(number): \(found)")
      #expect(!found.isKink, "case \(number): \(found)")
    }
  }

  /// The functions whose best steps differ by powers of ten: one step size does not fit all.
  @Test func steepAndFlatFunctions() {
    for scale in [1e-3, 1, 30, 1000] {
      let found = NumericalDerivative(of: { Double.tanh(scale * $0 + 0.3) })
      let exact = scale * (1 - Double.tanh(0.3) * Double.tanh(0.3))
      #expect(abs(found.value / exact - 1) < 1e-7, "scale \(scale): \(found)")
    }
  }

  @Test func kinksAreRecognised() {
    #expect(NumericalDerivative<Double>(of: { abs($0) }).isKink)
    #expect(NumericalDerivative<Double>(of: { max($0, 0) + Double.exp($0) }).isKink)
    #expect(NumericalDerivative<Double>(of: { max($0 - 1e-9, 0) }).isKink)
    #expect(!NumericalDerivative<Double>(of: { max($0 - 0.01, 0) + $0 * $0 }).isKink)
    #expect(!NumericalDerivative<Double>(of: { max($0 + 0.001, 0) }).isKink)
    #expect(abs(NumericalDerivative<Double>(of: { max($0 + 0.001, 0) }).value - 1) < 1e-9)
    #expect(NumericalDerivative<Float>(of: { Float.maximum($0, 0) }).isKink)
  }
}

@Suite struct GradientCheckLaws {
  private func cubes<S: Real>(_ p: Point<S>) -> S {
    var sum: S = 0
    for x in p.a.elements + p.b.elements { sum += x * x * x }
    return sum
  }

  private func gradient<S: Real>(_ p: Point<S>) -> Point<S> { p.map { 3 * ($0 * $0) } }

  private let point = Point<Double>(a: Tensor(rows: [[1, -2], [0.5, 3]]), b: Tensor([-1, 4]))

  /// A kink so near that only the shortest steps stay on one side of it: the right gradient is not blamed, a wrong one is.
  @Test(arguments: [2e-6, 1e-5, 1e-4]) func kinksNearbyAreNotErrors(distance: Double) {
    let point = Point<Double>(a: Tensor([1, 2]), b: Tensor([1]))
    func bent(_ p: Point<Double>) -> Double {
      p.a[0] * p.a[1] + max(p.b[0] - 1 + distance, 0) + 0.001 * Double.exp(p.b[0])
    }
    let slope = 1 + 0.001 * Double.exp(1)
    func report(_ slope: Double) -> GradientReport<Double> {
      checkGradient(of: bent, at: point, gradient: Point(a: Tensor([2, 1]), b: Tensor([slope])))
    }
    #expect(report(slope).passed, "\(report(slope))")
    for wrong in [0, slope / 2, slope * 1.001, slope - 1] { #expect(!report(wrong).passed, "\(report(wrong))") }
  }

  @Test func aRightGradientPasses() {
    let report = checkGradient(of: cubes, at: point, gradient: gradient(point))
    #expect(report.passed && report.kinks == 0 && report.entries.count == 6 && report.maxError < 1e-9)
    #expect(checkDirections(of: cubes, at: point, gradient: gradient(point), key: Key(1)).passed)
    #expect(checkGradient(of: cubes, at: point, gradient: gradient(point), every: 2).entries.count == 3)
  }

  @Test func theWorstParameterIsNamed() {
    var wrong = gradient(point).a
    wrong[1, 0] += 1e-4
    let report = checkGradient(of: cubes, at: point, gradient: Point(a: wrong, b: gradient(point).b))
    #expect(!report.passed)
    #expect(report.entries[0].name == "a" && report.entries[0].indices == [1, 0])
    #expect(report.entries[0].analytic == 0.7501 && abs(report.entries[0].numeric - 0.75) < 1e-9)
    #expect(report.description.contains("FAILED") && report.description.contains("a[1, 0]: analytic 0.7501"))
    #expect(report.entries[1].error < 1e-9)
  }

  /// Where rounding hides a difference, its error is small, and not zero: the printed numbers differ.
  @Test(arguments: [1.0, 1e-9, 0]) func theErrorIsNoZeroWhereTheNumbersDiffer(slope: Double) {
    let point = Point<Double>(a: Tensor([0]), b: Tensor([0]))
    func f(_ p: Point<Double>) -> Double { 1000 + slope * Double.exp(p.a[0]) }
    for difference in [1e-14, 1e-11] {
      let wrong = Point<Double>(a: Tensor([slope + difference]), b: Tensor([difference]))
      let report = checkGradient(of: f, at: point, gradient: wrong)
      #expect(report.passed && report.maxError > 0, "\(report)")
      for entry in report.entries { #expect((entry.error > 0) == (entry.analytic != entry.numeric), "\(entry)") }
    }
  }

  /// The value's rounding hides derivatives up to about 1e-10 here, and more of them are judged.
  @Test(arguments: [(1e-10, true), (1e-9, false)]) func roundingHidesOnlySmallDerivatives(slope: Double, passes: Bool) {
    let point = Point<Double>(a: Tensor([0]), b: Tensor([0]))
    let report = checkGradient(of: { _ in 1000 }, at: point, gradient: Point(a: Tensor([slope]), b: Tensor([0])))
    #expect(report.passed == passes, "\(report)")
  }

  @Test func floatHasItsOwnTolerance() {
    let single = Point<Float>(a: point.a.converted(), b: point.b.converted())
    #expect(checkGradient(of: cubes, at: single, gradient: gradient(single)).passed)
    #expect(checkDirections(of: cubes, at: single, gradient: gradient(single), key: Key(1)).passed)
    #expect(!checkGradient(of: cubes, at: single, gradient: 1.02 * gradient(single)).passed)
  }

  #if compiler(>=6.2)
    @Test func aGradientOfAnotherShapeStopsTheProgram() async {
      await #expect(processExitsWith: .failure) {
        let params = One([1, 2, 3])
        _ = checkGradient(of: { $0.value.sum() }, at: params, gradient: One([1, 1, 1, 1]))
      }
    }
  #endif

  @Test func whatIsNotANumberFails() {
    let report = checkGradient(of: cubes, at: point, gradient: point.map { $0 / 0 - $0 / 0 })
    #expect(!report.passed && report.maxError == .infinity)
    #expect(!checkDirections(of: cubes, at: point, gradient: point.map { $0 / 0 - $0 / 0 }, key: Key(1)).passed)
    #expect(!checkGradient(of: { _ in .nan }, at: point, gradient: gradient(point)).passed)
  }

  @Test func kinksAreCountedAndNotJudged() {
    let kinked = Point<Double>(a: Tensor(rows: [[1, 0], [-2, 3]]), b: Tensor([5, 6]))
    func f(_ p: Point<Double>) -> Double { relu(p.a).sum() + cubes(p) }
    func g(_ p: Point<Double>) -> Point<Double> {
      Point(a: gradient(p).a + Tensor(shape: [2, 2], repeating: 1).keptWherePositive(p.a), b: gradient(p).b)
    }
    let report = checkGradient(of: f, at: kinked, gradient: g(kinked))
    #expect(report.passed && report.kinks == 1)
    #expect(report.entries.last?.indices == [0, 1])
  }

  @Test func aCheckOfNothingDoesNotPass() {
    let empty = Point<Double>(a: .zeros([0]), b: .zeros([0]))
    #expect(!checkGradient(of: cubes, at: empty, gradient: empty).passed)
  }
}
