import FunctionalNet
import TestSupport
import Testing

@Suite struct RandomNetworks {
  /// A few hundred random stacks of all layers: their derivatives along random directions through parameters and inputs, for the
  /// cross-entropy of their outputs. Where a direction crosses a kink, another input is drawn.
  @Test(arguments: seeds(250)) func gradientsAreTheSlopesOfTheLoss(seed: Int) {
    var random = Random(seed: seed)
    let (network, shape) = random.network(Double.self, outputs: 3)
    let labels = Targets<Double>.labels(random.labels(4, classes: 3))
    let loss = Loss<Double>.crossEntropy()
    let mode = Mode.training(random.key())
    for _ in 0..<6 {
      let x: Tensor<Double> = random.normal([4] + shape)
      // Biases away from zero, where padding alone would lie on the kinks of what follows.
      let first = network.initialParams(for: shape, key: random.key())
      let params = first + first.randomDirection(key: random.key(), length: 0.3 * Double(first.count).squareRoot())
      let state = network.initialState(for: shape)
      let pass = network.pass(params, state, x, mode)
      let gradients = pass.pullback(loss(pass.output, labels).gradient())
      let report = checkDirections(
        of: { loss(network.pass($0.params, state, $0.input, mode).output, labels).loss },
        at: Point(params: params, input: x),
        gradient: Point(params: gradients.params, input: gradients.input()), directions: 3, key: random.key(),
        tolerance: 1e-6)
      if report.kinks == 0 {
        #expect(report.passed, "\(network.notation) for \(shape): \(report)")
        return
      }
    }
    Issue.record("\(network.notation) for \(shape): kinks wherever one looks")
  }

  /// All layers occur.
  @Test func noLayerIsLeftOut() {
    let text = (0..<250).map { seed in
      var random = Random(seed: seed)
      return random.network(Double.self, outputs: 3).network.notation
    }.joined(separator: " ")
    for name in layerNames where name != "sequential" { #expect(text.contains(name), "\(name)") }
  }

  private struct Point: Parameters {
    let params: Stack<Double>
    let input: Tensor<Double>

    func traverse(_ visit: (String, Tensor<Double>) throws -> Tensor<Double>) rethrows -> Point {
      Point(params: try params.traverse(visit), input: try visit("input", input))
    }
  }
}
