import FunctionalNet
import TestSupport
import Testing

/// Values that are easily got wrong.
@Suite struct LayerValueLaws {
  @Test func dropoutsNumberIsTheProbabilityOfDropping() {
    let x = Tensor<Float>(shape: [40, 250], repeating: 3)
    for probability in [0.1, 0.5, 0.8] {
      let layer = Dropout<Float>(probability)
      let y = layer.pass(x, .training(Key(1))).output
      let dropped = y.elements.lazy.filter { $0 == 0 }.count
      #expect(abs(Double(dropped) / 10_000 - probability) < 0.02)
      #expect(y.elements.allSatisfy { $0 == 0 || $0 == 3 * Float(1 / (1 - probability)) })
      #expect(abs(Double(y.mean()) - 3) < 0.15)
      #expect(layer.pass(x, .training(Key(1))).output == y && layer.pass(x, .training(Key(2))).output != y)
      #expect(layer.pass(x, .inference).output == x)
    }
  }

  /// Two dropouts in a network roll dice of their own, and so do two steps.
  @Test func everyPlaceAndStepRollsItsOwnDice() {
    let x = Tensor<Double>(shape: [1, 200], repeating: 1)
    let two = Sequential<Double> {
      Dropout(0.5)
      Dropout(0.5)
    }
    let y = two.pass(
      Stack([Empty<Double>(), Empty<Double>()]), Stack([Empty<Double>(), Empty<Double>()]), x, .training(Key(3)))
    #expect((20...80).contains(y.output.elements.lazy.filter { $0 == 4 }.count))
  }

  /// By hand: the batch is normalised with its biased variance; the unbiased one is remembered, with the weight of the momentum.
  @Test func batchNormRemembersTheUnbiasedVariance() throws {
    let layer = BatchNorm1D<Double>(epsilon: 0, momentum: 0.1)
    let params = layer.initialParams(for: [1], key: Key(1))
    let state = layer.initialState(for: [1])
    #expect(
      state.mean == Tensor([0]) && state.variance == Tensor([1]) && state.batches == Tensor(scalar: 0))
    let pass = layer.pass(params, state, Tensor(rows: [[1], [3], [5], [7]]), .training(Key(1)))
    let deviation = 5.0.squareRoot()  // the mean is 4, the squares of the distances are 9, 1, 1, 9
    #expect(zip(pass.output.elements, [-3, -1, 1, 3]).allSatisfy { abs($0 - $1 / deviation) < 1e-15 })
    #expect(abs(pass.state.mean[0] - 0.4) < 1e-15 && abs(pass.state.variance[0] - (0.9 + 0.1 * 20 / 3)) < 1e-15)
    #expect(pass.state.batches.elements == [1])
    let inference = layer.pass(params, pass.state, Tensor(rows: [[1]]), .inference)
    #expect(abs(inference.output[0, 0] - 0.6 / (0.9 + 2.0 / 3).squareRoot()) < 1e-15 && inference.state == pass.state)
  }

  @Test func aBatchOfOneValueLeavesTheVariance() {
    let layer = BatchNorm1D<Float>()
    let state = layer.initialState(for: [2])
    let pass = layer.pass(
      layer.initialParams(for: [2], key: Key(1)), state, Tensor(rows: [[5, -1]]), .training(Key(1)))
    #expect(pass.output.elements == [0, 0] && pass.state.variance == state.variance)
    #expect(pass.state.isFinite && pass.pullback(Tensor(rows: [[1, 1]])).params.isFinite)
  }

  #if compiler(>=6.2)
    @Test func batchNormTakesNothingButItsKindOfSamples() async {
      await #expect(processExitsWith: .failure) {
        let layer = BatchNorm1D<Float>()
        _ = layer(layer.initialParams(for: [2], key: Key(1)), layer.initialState(for: [2]), .zeros([3, 2, 4, 4]))
      }
      await #expect(processExitsWith: .failure) {
        let layer = BatchNorm2D<Float>()
        _ = layer(layer.initialParams(for: [2], key: Key(1)), layer.initialState(for: [2]), .zeros([3, 2]))
      }
    }
  #endif

  @Test func tiesOfMaxPoolGoToTheFirst() {
    let x = Tensor<Float>(shape: [1, 1, 2, 4], elements: [1, 2, 3, 3, 2, 2, 3, 3])
    let pass = MaxPool2D<Float>(2).pass(x, .inference)
    #expect(pass.output.elements == [2, 3])
    #expect(pass.pullback(Tensor(shape: [1, 1, 1, 2], elements: [5, 7])).elements == [0, 5, 7, 0, 0, 0, 0, 0])
  }

  /// Predictions do not depend on the batch, bit for bit, whatever the layers.
  @Test func predictionsDoNotDependOnTheBatch() throws {
    let network = try Sequential<Float>(
      notation:
        "conv2d(5,padding=1) batchnorm2d relu maxpool2d(2) conv2d(3,stride=2) gelu flatten layernorm linear(6) batchnorm1d elu "
        + "dropout(0.5) linear(3) softmax")
    let params = network.initialParams(for: [2, 9, 9], key: Key(1))
    let state = network.initialState(for: [2, 9, 9])
    let x = Tensor<Float>.normal([7, 2, 9, 9], key: Key(2))
    let whole = network(params, state, x)
    for row in 0..<7 { #expect(bits(network(params, state, x.rows(row..<row + 1))) == bits(whole.rows(row..<row + 1))) }
    let samples = Samples(unlabelled: x)
    for chunk in [1, 2, 3, 100] { #expect(network.outputs(params, state, for: samples, chunk: chunk) == whole) }
  }

  private static let variances: [(Initializer, Double)] = [
    (.xavier, 0.004), (.xavierNormal, 0.004), (.he, 0.01), (.heUniform, 0.01), (.lecun, 0.005), (.lecunUniform, 0.005),
    (.uniform(limit: 0.3), 0.03), (.normal(standardDeviation: 0.2), 0.04), (.zeros, 0),
  ]

  /// For 200 inputs and 300 outputs.
  @Test(arguments: variances) func initializersHaveTheirVariance(initializer: Initializer, variance: Double) {
    let weights: Tensor<Double> = initializer.weights(inputs: 200, outputs: 300, key: Key(1))
    #expect(abs(weights.mean()) < 0.005 && abs((weights * weights).mean() - variance) <= 0.03 * variance)
    let other: Tensor<Double> = initializer.weights(inputs: 200, outputs: 300, key: Key(2))
    #expect((other == weights) == (initializer == .zeros))
  }

  @Test func biasesBeginAsTheyAreTold() {
    #expect(Linear<Float>(3, bias: 0.1).initialParams(for: [2], key: Key(1)).bias.elements == [0.1, 0.1, 0.1])
    let all = Initializer.constant(0.5)
    #expect(
      Conv2D<Float>(1, initializer: all).initialParams(for: [1, 5, 5], key: Key(1)).weight.elements.allSatisfy {
        $0 == 0.5
      })
  }
}

@Suite struct RegressionLaws {
  /// A straight line with noise: least squares is known.
  private func line() -> (x: Tensor<Double>, targets: Tensor<Double>) {
    let x = Tensor<Double>.uniform([80, 1], from: -1, to: 1, key: Key(1))
    return (x, 3 * x + Tensor(scalar: -2) + 0.1 * Tensor<Double>.normal([80, 1], key: Key(2)))
  }

  @Test func networksLearnNumbers() throws {
    let (x, targets) = line()
    let samples = Samples(x: x, targets: .values(targets))
    let network = Sequential<Double> { Linear(1) }
    for loss in [Loss<Double>.meanSquared, .huber(delta: 0.5), .meanAbsolute] {
      let trainer = try Trainer(
        network, sampleShape: [1], loss: loss, optimizer: .adam(lr: .exponential(0.1, factor: 0.99)), key: Key(3))
      let trained = samples.batches(of: 20, epochs: 0..<200, key: Key(4)).reduce(trainer.start, trainer.next)
      let found = trained.params.named.flatMap(\.tensor.elements)
      #expect(abs(found[0] - 3) < 0.1 && abs(found[1] + 2) < 0.05, "\(loss.name): \(found)")
      let result = RegressionEvaluation(
        network.outputs(trained.params, trained.state, for: samples), samples.targets, loss: loss)
      #expect(result.r2 > 0.99 && result.rootMeanSquaredError < 0.12 && result.meanAbsoluteError < 0.1)
    }
  }

  @Test func theMeasuresByHand() {
    let output = Tensor<Double>(rows: [[1, 10], [2, 20], [6, 30]])
    let targets = Targets<Double>.values(Tensor(rows: [[1, 10], [3, 20], [5, 36]]))
    let result = RegressionEvaluation(output, targets, loss: .meanSquared)
    // The differences are 0, -1, 1 and 0, 0, -6; the columns' means are 3 and 22.
    #expect(abs(result.meanAbsoluteError - 8.0 / 6) < 1e-15 && abs(result.loss - 38.0 / 6) < 1e-14)
    #expect(abs(result.rootMeanSquaredError - (38.0 / 6).squareRoot()) < 1e-15)
    #expect(abs(result.r2 - (1 - 38.0 / (8 + 144 + 4 + 196))) < 1e-15)
  }

  @Test func weightsCountSamples() {
    let output = Tensor<Double>(rows: [[1], [5], [2]])
    let target = Tensor<Double>(rows: [[0], [1], [2]])
    let weighted = Loss<Double>.meanSquared(output, Targets(.values(target), weights: [1, 0, 3]))
    #expect(weighted.loss == 0.25 && weighted.gradient().elements == [0.5, 0, 0])
  }
}
