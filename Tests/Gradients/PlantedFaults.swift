import FunctionalNet
import TestSupport
import Testing

/// The checks are worth what they catch: each fault here is a backward pass with one term wrong, and each must fail.
enum Fault: String, CaseIterable, Sendable {
  case none
  case signOfScores
  case missingHiddenBias
  case missingOutputBias
  case sumInsteadOfMean
  case oneSampleTooFew
  case reluIgnored
  case reluOfTheGradient
  case oneHotForgotten
  case firstLayerFromScoresOfTheWrongSign
  case weightsScaledByAThousandth
  case lastSampleForgotten

  /// The gradients of the two-layer network with this fault in them.
  func gradients(params: Params<Double>, x: Tensor<Double>, y: Labels) -> Params<Double> {
    let n = Double(y.count)
    let h = hidden(params: params, x: x)
    let scores = matmul(h, params.w2) + params.b2
    var dScores = (softmax(scores) - y.oneHot(classes: scores.shape[1])) / n
    switch self {
    case .signOfScores: dScores = -dScores
    case .sumInsteadOfMean: dScores = n * dScores
    case .oneSampleTooFew: dScores = n / (n - 1) * dScores
    case .oneHotForgotten: dScores = softmax(scores) / n
    case .lastSampleForgotten: for c in 0..<scores.shape[1] { dScores[y.count - 1, c] = 0 }
    default: break
    }
    let back = matmul(dScores, params.w2.transposed)
    var dHidden = back.keptWherePositive(h)
    switch self {
    case .reluIgnored: dHidden = back
    case .reluOfTheGradient: dHidden = relu(back)
    case .firstLayerFromScoresOfTheWrongSign: dHidden = -dHidden
    default: break
    }
    return Params(
      w1: (self == .weightsScaledByAThousandth ? 1.001 : 1) * matmul(x.transposed, dHidden),
      b1: self == .missingHiddenBias ? .zeros(params.b1.shape) : dHidden.sum(axis: 0),
      w2: matmul(h.transposed, dScores),
      b2: self == .missingOutputBias ? .zeros(params.b2.shape) : dScores.sum(axis: 0))
  }
}

@Suite struct PlantedFaults {
  @Test(arguments: Fault.allCases) func everyFaultIsCaught(fault: Fault) {
    var (caughtByDirections, caughtByCoordinates, cases) = (0, 0, 0)
    for seed in 0..<12 {
      var random = Random(seed: 1000 + seed)
      // Enough samples and units that some are on and some off in every case.
      let params = Params<Double>(
        w1: random.normal([4, 6]), b1: random.normal([6]), w2: random.normal([6, 3]), b2: random.normal([3]))
      let (x, y): (Tensor<Double>, Labels) = (random.normal([7, 4]), random.labels(7, classes: 3))
      let f = { loss(params: $0, x: x, y: y) }
      let gradient = fault.gradients(params: params, x: x, y: y)
      cases += 1
      if !checkDirections(of: f, at: params, gradient: gradient, key: random.key()).passed { caughtByDirections += 1 }
      if !checkGradient(of: f, at: params, gradient: gradient).passed { caughtByCoordinates += 1 }
    }
    let expected = fault == .none ? 0 : cases
    #expect(caughtByDirections == expected, "\(fault): \(caughtByDirections) of \(cases) caught along directions")
    #expect(caughtByCoordinates == expected, "\(fault): \(caughtByCoordinates) of \(cases) caught by coordinates")
  }

  @Test func withoutAFaultTheseAreTheGradients() {
    var random = Random(seed: 3)
    let (params, x, y) = random.twoLayerCase(Double.self)
    #expect(Fault.none.gradients(params: params, x: x, y: y) == gradients(params: params, x: x, y: y))
  }
}
