import FunctionalNet
import TestSupport
import Testing

@Suite struct TwoLayerGradients {
  /// A few hundred random shapes, parameters and batches: along random directions, and every derivative by itself.
  @Test(arguments: seeds(300)) func gradientsAreTheSlopesOfTheLoss(seed: Int) {
    var random = Random(seed: seed)
    let (params, x, y) = random.twoLayerCase(Double.self)
    let f = { loss(params: $0, x: x, y: y) }
    let gradient = gradients(params: params, x: x, y: y)
    let directions = checkDirections(of: f, at: params, gradient: gradient, key: random.key(), tolerance: 1e-7)
    #expect(directions.passed, "\(directions)")
    if seed % 5 == 0 {
      let coordinates = checkGradient(of: f, at: params, gradient: gradient, tolerance: 1e-7)
      #expect(coordinates.passed, "\(coordinates)")
      #expect(coordinates.entries.count == params.count)
    }
  }

  @Test(arguments: seeds(20)) func gradientsInFloatFollowThoseInDouble(seed: Int) {
    var (one, two) = (Random(seed: seed), Random(seed: seed))
    let (float, double) = (one.twoLayerCase(Float.self), two.twoLayerCase(Double.self))
    let a = gradients(params: float.params, x: float.x, y: float.y)
    let b = gradients(params: double.params, x: double.x, y: double.y)
    for (a, b) in zip(a.named, b.named) {
      #expect(zip(a.tensor.elements, b.tensor.elements).allSatisfy { abs(Double($0) - $1) < 1e-4 * (1 + abs($1)) })
    }
  }

  @Test(arguments: seeds(20)) func lossAndGradientsAgreeWithEachByItself(seed: Int) {
    var random = Random(seed: seed)
    let (params, x, y) = random.twoLayerCase(Double.self)
    let both = lossAndGradients(params: params, x: x, y: y)
    #expect(both.loss == loss(params: params, x: x, y: y))
    #expect(both.gradients == gradients(params: params, x: x, y: y))
  }

  @Test(arguments: seeds(20)) func theLossIsTheMeanOverTheSamples(seed: Int) {
    var random = Random(seed: seed)
    let (params, x, y) = random.twoLayerCase(Double.self)
    let single = (0..<y.count).map { loss(params: params, x: x.rows($0..<$0 + 1), y: Labels([y.indices[$0]])) }
    #expect(abs(single.reduce(0, +) / Double(y.count) - loss(params: params, x: x, y: y)) < 1e-13)
    let parts = (0..<y.count).map { gradients(params: params, x: x.rows($0..<$0 + 1), y: Labels([y.indices[$0]])) }
    let mean = 1 / Double(y.count) * parts.reduce(params.zero, +)
    #expect((mean - gradients(params: params, x: x, y: y)).norm <= 1e-13 * (1 + mean.norm))
  }

  /// By hand: one input of 1, a hidden unit that is on and one that is off, two classes with equal scores.
  @Test func aCaseByHand() {
    let params = Params<Double>(
      w1: Tensor(rows: [[2, -1]]), b1: Tensor([0, 0]), w2: Tensor(rows: [[1, 1], [5, -5]]), b2: Tensor([0, 0]))
    let x = Tensor<Double>(rows: [[1]])
    #expect(forward(params: params, x: x) == Tensor(rows: [[2, 2]]))
    let result = gradients(params: params, x: x, y: [0])
    #expect(result.b2 == Tensor([-0.5, 0.5]) && result.w2 == Tensor(rows: [[-1, 1], [0, 0]]))
    #expect(result.b1 == Tensor([0, 0]) && result.w1 == Tensor(rows: [[0, 0]]))
    // With an input of -1 the other unit is on, the scores are 5 and -5, and the true class is the unlikely one.
    let other = gradients(params: params, x: Tensor(rows: [[-1]]), y: [1]).b1
    #expect(other[0] == 0 && abs(other[1] - 9.99954602131298) < 1e-13)
  }

  @Test func aUnitExactlyAtZeroIsOff() {
    let params = Params<Double>(
      w1: Tensor(rows: [[0]]), b1: Tensor([0]), w2: Tensor(rows: [[1, -1]]), b2: Tensor([0, 0]))
    #expect(gradients(params: params, x: Tensor(rows: [[3]]), y: [1]).w1 == Tensor(rows: [[0]]))
  }

  @Test func hugeScoresHaveFiniteGradients() {
    let params = Params<Float>(
      w1: Tensor(rows: [[1e2]]), b1: Tensor([0]), w2: Tensor(rows: [[1e2, -1e2]]), b2: Tensor([0, 0]))
    let (loss, gradients) = lossAndGradients(params: params, x: Tensor(rows: [[1]]), y: [1])
    #expect(loss == 2e4 && gradients.isFinite && gradients.b2 == Tensor([1, -1]))
  }
}

/// The gradient of the scores alone, and then of the inputs, by the chain rule from outside.
@Suite struct CrossEntropyGradients {
  private struct Scores: Parameters {
    let z: Tensor<Double>
    func traverse(_ visit: (String, Tensor<Double>) throws -> Tensor<Double>) rethrows -> Scores {
      Scores(z: try visit("scores", z))
    }
  }

  @Test(arguments: seeds(60)) func gradientsOfScores(seed: Int) {
    var random = Random(seed: seed)
    let (n, classes) = (random.int(1...6), random.int(2...7))
    let scores = Scores(z: random.normal([n, classes], scale: random.double(0.1...6)))
    let y = random.labels(n, classes: classes)
    let report = checkGradient(
      of: { crossEntropy($0.z, y) }, at: scores, gradient: Scores(z: crossEntropyGradient(scores.z, y)))
    #expect(report.passed, "\(report)")
  }
}
