// What every layer must do, as one check for yours:
//
//     let report = checkLayer(MyLayer(), sampleShape: [3, 8, 8])
//     #expect(report.passed, "\(report)")

/// What a check of a layer found.
public struct LayerReport: Sendable, CustomStringConvertible {
  /// What does not hold, in words; empty where all is well.
  public let violations: [String]

  /// The derivatives that were compared with differences, in training and in inference.
  public let gradients: [GradientReport<Double>]

  public var passed: Bool { violations.isEmpty }

  public var description: String {
    if passed { return "passed: \(gradients.reduce(0) { $0 + $1.entries.count }) derivatives" }
    return (["FAILED"] + violations.map { "  \($0)" }).joined(separator: "\n")
  }
}

/// Checks the laws of a layer on random inputs, in Double:
///
/// - the output has the shape that `outputShape` says;
/// - the parameters and the state have names of their own and come back when they are loaded under them;
/// - the same key gives the same parameters and the same pass, bit for bit;
/// - inference rolls no dice, changes no state, and gives each sample what it gives it alone;
/// - in training and in inference, `pullback` gives the derivatives of the output, with respect to parameters and input.
///
/// - Parameters:
///   - sampleShape: the shape of one sample.
///   - input: the inputs to check at, `[samples, ...]`; random ones if nil. Give some where random ones could lie on kinks, or
///     outside of what the layer takes.
///   - tolerance: the largest relative error of a derivative.
public func checkLayer<L: Layer>(
  _ layer: L, sampleShape: [Int], input: Tensor<Double>? = nil, samples: Int = 3, key: Key = Key(1),
  tolerance: Double = 1e-6
) -> LayerReport where L.Scalar == Double {
  let outputShape: [Int]
  do throws(ShapeError) { outputShape = try layer.outputShape(for: sampleShape) } catch {
    return LayerReport(violations: ["outputShape throws: \(error)"], gradients: [])
  }
  var violations: [String] = []
  func law(_ holds: Bool, _ violation: @autoclosure () -> String) { if !holds { violations.append(violation()) } }

  let x = input ?? .normal([samples] + sampleShape, key: key.child(0))
  let first = layer.initialParams(for: sampleShape, key: key.child(1))
  let state = layer.initialState(for: sampleShape)
  law(
    first == layer.initialParams(for: sampleShape, key: key.child(1)),
    "initialParams gives other parameters for the same key")
  violations += namingViolations(of: first, "parameters") + namingViolations(of: state, "state")

  // Parameters away from zeros and ones, at which terms may hide.
  let params = first + 0.3 * first.randomDirection(key: key.child(2), length: Double(max(1, first.count)).squareRoot())
  let training = Mode.training(key.child(3))
  for (mode, name) in [(training, "training"), (.inference, "inference")] {
    let (one, other) = (layer.pass(params, state, x, mode), layer.pass(params, state, x, mode))
    law(
      one.output.shape == [x.rowCount] + outputShape,
      "in \(name), the output has the shape \(one.output.shape), but outputShape says \(outputShape) for a sample")
    law(one.output == other.output && one.state == other.state, "two passes in \(name) give two results")
  }
  let inference = layer.pass(params, state, x, .inference)
  law(inference.state == state, "inference changes the state")
  for row in 0..<x.rowCount {
    let alone = layer.pass(params, state, x.rows(row..<row + 1), .inference).output
    law(
      alone.elements == inference.output.rows(row..<row + 1).elements,
      "inference gives sample \(row) something else when it is alone")
  }

  for (mode, name) in [(training, "training"), (.inference, "inference")] {
    let pass = layer.pass(params, state, x, mode)
    let gradients = pass.pullback(Tensor(shape: pass.output.shape, repeating: 1))
    let (found, expected) = (gradients.params.named, params.named)
    law(
      found.map(\.name) == expected.map(\.name) && found.map(\.tensor.shape) == expected.map(\.tensor.shape),
      "in \(name), pullback gives \(shapes(found)) for the parameters \(shapes(expected))")
    law(
      gradients.input().shape == x.shape,
      "in \(name), pullback gives derivatives \(gradients.input().shape) for an input \(x.shape)")
  }
  var reports: [GradientReport<Double>] = []
  guard violations.isEmpty else { return LayerReport(violations: violations, gradients: []) }
  for (mode, name) in [(training, "training"), (.inference, "inference")] {
    let report = checkPullback(of: layer, params, state, x, mode, key: key.child(4), tolerance: tolerance)
    law(report.passed, "in \(name), the derivatives are wrong: \(report)")
    reports.append(report)
  }
  return LayerReport(violations: violations, gradients: reports)
}

/// Compares what a pass gives back with differences of a random sum of its output.
public func checkPullback<L: Layer>(
  of layer: L, _ params: L.Params, _ state: L.State, _ x: Tensor<Double>, _ mode: Mode, key: Key,
  tolerance: Double = 1e-6, every: Int = 1
) -> GradientReport<Double> where L.Scalar == Double {
  let pass = layer.pass(params, state, x, mode)
  let factors = Tensor<Double>.normal(pass.output.shape, key: key)
  let gradients = pass.pullback(factors)
  return checkGradient(
    of: { point in
      let output = layer.pass(point.params, state, point.input, mode).output
      return Double.dot(output.elements, factors.elements)
    },
    at: LayerPoint(params: params, input: x),
    gradient: LayerPoint(params: gradients.params, input: gradients.input()), tolerance: tolerance, every: every)
}

/// What the output of a layer is a function of.
private struct LayerPoint<P: Parameters>: Parameters {
  let params: P
  let input: Tensor<P.Scalar>

  func traverse(_ visit: (String, Tensor<P.Scalar>) throws -> Tensor<P.Scalar>) rethrows -> LayerPoint {
    LayerPoint(params: try params.traverse(visit), input: try visit("input", input))
  }
}

private func shapes(_ named: [(name: String, tensor: Tensor<Double>)]) -> String {
  named.isEmpty ? "nothing" : named.map { "\($0.name) \($0.tensor.shape)" }.joined(separator: ", ")
}

/// How the names of a record break the laws of records.
private func namingViolations<P: Parameters>(of record: P, _ what: String) -> [String] {
  let named = record.named
  guard Set(named.map(\.name)).count == named.count else { return ["two tensors of the \(what) have one name"] }
  let tensors = Dictionary(uniqueKeysWithValues: named.map { ($0.name, $0.tensor) })
  guard (try? record.zero.loading(tensors)) == record else {
    return ["the \(what) do not come back when they are loaded under their names"]
  }
  return []
}
