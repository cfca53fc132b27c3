import FunctionalNet
import TestSupport
import Testing

@Suite struct DivergenceLaws {
  /// Whatever step is taken, a moment knows whether its parameters are finite.
  private func check<S: Real>(_ type: S.Type, seed: Int) throws {
    var random = Random(seed: seed)
    let (params, x, y) = random.twoLayerCase(S.self)
    let place = random.int(0...3)
    let huge = S.greatestFiniteMagnitude
    // A parameter next to the largest number and a step away from it.
    var visited = 0
    let brink = params.traverse { _, tensor in
      defer { visited += 1 }
      return visited == place ? tensor.map(.clamp(limit: 0)) + Tensor(scalar: huge) : tensor
    }
    for lr in [S(0), huge] {
      let optimizer = Optimizer<Params<S>>.momentum(lr: Double(lr))
      let samples = Samples(x: x, y: y)
      let fused = Trainer(params: brink, optimizer: optimizer)
      let composed = Trainer(composing: brink, optimizer: optimizer)
      let (one, other) = (fused.next(fused.start, samples), composed.next(composed.start, samples))
      #expect(one.isFinite == one.params.isFinite && other.isFinite == other.params.isFinite)
      #expect(one.isFinite == other.isFinite)
    }
  }

  @Test(arguments: seeds(40)) func aMomentKnowsWhetherItIsFinite(seed: Int) throws {
    try check(Float.self, seed: seed)
    try check(Double.self, seed: seed)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func oneNumberIsEnough(number: Float) {
    for count in [1, 3, 16, 100] {
      for place in [0, count / 2, count - 1] {
        var elements = [Float](repeating: 3e38, count: count)
        #expect(Tensor(elements).isFinite)
        elements[place] = number
        #expect(!Tensor(elements).isFinite)
      }
    }
    #expect(Tensor<Float>([]).isFinite)
  }

  @Test(arguments: 0..<4) func theFirstLayerIsFound(position: Int) throws {
    let network = try Sequential<Double>(notation: "linear(3) tanh linear(2) linear(2)")
    let params = network.initialParams(for: [2], key: Key(1))
    let damaged = params.traverse { $0.hasPrefix("\(position).") ? $1 / 0 : $1 }
    let (state, x) = (network.initialState(for: [2]), Tensor<Double>.normal([4, 2], key: Key(2)))
    let expected = position == 1 ? nil : position
    #expect(network.firstLayerNotFinite(damaged, state, x, .inference) == expected)
    #expect(network.lastLayerNotFinite(damaged) == expected)
  }
}
