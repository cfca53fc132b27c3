import FunctionalNet
import TestSupport
import Testing

/// A sigmoid or a softmax is applied either by the end of a network or by its loss, never by both.
@Suite struct OutputActivationLaws {
  @Test(
    arguments: [
      ("linear(2) sigmoid", .sigmoid), ("linear(2) softmax", .softmax),
      ("linear(2) softmax flatten dropout(0.1)", .softmax),
      ("sequential(linear(2) sequential(relu sigmoid))", .sigmoid), ("linear(2)", nil), ("sigmoid linear(2)", nil),
      ("linear(2) softmax relu", nil), ("residual(sigmoid)", nil), ("sigmoid sequential(tanh)", nil), ("flatten", nil),
    ] as [(String, OutputActivation?)]) func theLastLayerIsFound(notation: String, activation: OutputActivation?) throws
  {
    #expect(try Sequential<Float>(notation: notation).outputActivation == activation)
  }

  @Test func anEmptyEndLeadsToTheLayerBeforeIt() {
    #expect(Sequential<Float>([Sigmoid<Float>(), Sequential<Float>([])]).outputActivation == .sigmoid)
    #expect(Sequential<Float>([]).outputActivation == nil)
  }

  private static let losses: [Loss<Double>] = [
    .crossEntropy(), .crossEntropy(labelSmoothing: 0.1), .binaryCrossEntropy, .meanSquared, .halfSquaredSum,
    .meanAbsolute, .huber(),
  ]

  @Test(arguments: ["linear(2) sigmoid", "linear(2) softmax", "relu sequential(linear(2) softmax) dropout(0.2)"])
  func noActivationIsAppliedTwice(notation: String) throws {
    let network = try Sequential<Double>(notation: notation)
    for loss in Self.losses {
      func trainer() throws(ShapeError) -> Trainer<Stack<Double>> {
        try Trainer(network, sampleShape: [3], loss: loss, optimizer: .sgd(lr: 0.1), key: Key(1))
      }
      if loss.activation == nil {
        #expect(throws: Never.self, "\(loss.name)") { try trainer() }
      } else {
        let error = try #require(throws: ShapeError.self, "\(loss.name)") { try trainer() }
        #expect(error.message.hasPrefix("the loss \(loss.name) takes scores and applies "))
      }
    }
    #expect(Self.losses.filter { $0.activation == nil }.count == 4)
  }

  @Test func theLayerAndWhatToDoAreNamed() throws {
    let network = try Sequential<Float>(notation: "tanh sequential(linear(1) sigmoid)")
    let error = try #require(throws: ShapeError.self) {
      try Trainer(network, sampleShape: [3], loss: .binaryCrossEntropy, optimizer: .sgd(lr: 0.1), key: Key(1))
    }
    #expect(
      error
        == ShapeError(
          position: [1, 1], layer: "sigmoid",
          "the loss binary_cross_entropy takes scores and applies sigmoid by itself; leave this layer out"))
  }

  /// A score above 0, or a probability above 0.5, stands for the second class.
  @Test func aSingleOutputIsReadAsItsLossReadsIt() {
    let labels = Targets<Double>.labels([0, 0, 1, 1])
    let scores = Tensor(rows: [[-3], [-0.1], [0.2], [2]])
    #expect(Evaluation(scores, labels, loss: .binaryCrossEntropy).accuracy == 1)
    let probabilities = Tensor(rows: [[0.1], [0.4], [0.6], [1]])
    for loss in Self.losses where loss.activation == nil {
      #expect(Evaluation(probabilities, labels, loss: loss).accuracy == 1, "\(loss.name)")
    }
    let own = Loss<Double>("own", applying: .sigmoid) { output, _ in (0, { output }) }
    #expect(Evaluation(scores, labels, loss: own).confusion == [[2, 0], [0, 2]])
    #expect(
      predictedClasses(scores) == [0, 0, 1, 1] && predictedClasses(probabilities, threshold: 0.5) == [0, 0, 1, 1])
  }

  /// Two classes on either side of a line, learned by a sigmoid with the squares of its differences from 0 and 1.
  @Test func aSigmoidAtTheEndLearnsWithMeanSquared() throws {
    let network = Sequential<Double> {
      Linear(1)
      Sigmoid()
    }
    let x: Tensor<Double> = .normal([40, 2], key: Key(1))
    let labels = Labels((0..<40).map { x[$0, 0] + x[$0, 1] > 0 ? 1 : 0 })
    let samples = Samples(x: x, y: labels)
    let trainer = try Trainer(
      network, sampleShape: [2], loss: .meanSquared, optimizer: .momentum(lr: 1, momentum: 0.9), key: Key(2))
    let trained = samples.batches(of: 40, epochs: 0..<100, key: Key(3)).reduce(trainer.start, trainer.next)
    let result = evaluate(network, trained.params, trained.state, on: samples, loss: .meanSquared)
    #expect(result.accuracy == 1 && result.loss < 0.05)
  }
}
