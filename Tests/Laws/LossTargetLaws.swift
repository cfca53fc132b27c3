import FunctionalNet
import TestSupport
import Testing

/// A loss takes the targets that it is made for, and says so where it gets others.
@Suite struct LossTargetLaws {
  @Test(arguments: seeds(20)) func oneHotRowsAreLabels(seed: Int) {
    var random = Random(seed: seed)
    let (n, classes) = (random.int(1...6), random.int(2...5))
    let (scores, labels): (Tensor<Double>, Labels) = (random.normal([n, classes]), random.labels(n, classes: classes))
    let loss = Loss<Double>.crossEntropy()
    let (ofLabels, ofRows) = (
      loss(scores, .labels(labels)), loss(scores, .values(labels.oneHot(classes: classes)))
    )
    #expect(abs(ofLabels.loss - ofRows.loss) < 1e-12)
    #expect(zip(ofLabels.gradient().elements, ofRows.gradient().elements).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func roundedProbabilitiesAreTaken() {
    let scores = Tensor<Float>(rows: [[1, 2, 3], [0, 0, 0]])
    let targets = Targets<Float>.values(Tensor(rows: [[0.33, 0.33, 0.33], [0.2, 0.3, 0.5]]))
    #expect(Loss<Float>.crossEntropy()(scores, targets).loss.isFinite)
    #expect(Loss<Float>.binaryCrossEntropy(scores, targets).loss.isFinite)
  }

  /// One output has nothing to be compared with, so the loss would be 0 for ever.
  @Test func aNetworkOfOneOutputNeedsAnotherLoss() throws {
    let network = Sequential<Float> { Linear(1) }
    let error = try #require(throws: ShapeError.self) {
      try Trainer(network, sampleShape: [3], optimizer: .sgd(lr: 0.1), key: Key(1))
    }
    #expect(error.description.contains("cross_entropy: compares the scores of two classes or more"))
    #expect(error.description.contains(".meanSquared") && error.description.contains(".binaryCrossEntropy"))
    let trainer = try Trainer(network, sampleShape: [3], loss: .meanSquared, optimizer: .sgd(lr: 0.1), key: Key(1))
    let samples = Samples<Float>(x: .normal([8, 3], key: Key(2)), targets: .values(.normal([8, 1], key: Key(3))))
    let trained = samples.batches(of: 4, epochs: 0..<2, key: Key(4)).reduce(trainer.start, trainer.next)
    #expect(trained.loss! > 0 && trained.params != trainer.start.params)
  }

  #if compiler(>=6.2)
    @Test func targetsOfAnotherKindStopTheProgram() async {
      func said(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      }
      let numbers = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let scores = Tensor<Float>.zeros([2, 3])
        _ = Loss.crossEntropy()(scores, .values(Tensor(rows: [[0, 1, 0], [3.5, -1, 2]])))
      }
      #expect(said(numbers).contains("target 1 is [3.5, -1.0, 2.0], which adds up to 4.5; numbers are learned with"))
      let balanced = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Loss.crossEntropy()(Tensor<Float>.zeros([1, 2]), .values(Tensor(rows: [[3, -2]])))
      }
      #expect(said(balanced).contains("probabilities of classes"))
      let single = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Loss.crossEntropy()(Tensor<Float>.zeros([2, 1]), .values(Tensor(rows: [[0.3], [7]])))
      }
      #expect(said(single).contains("two classes or more, not outputs of shape [2, 1]; numbers are learned with"))
      let step = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let trainer = Trainer(
          params: Params<Float>.initial(inputs: 2, hidden: 3, classes: 1, key: Key(1)), optimizer: .momentum(lr: 0.1))
        _ = trainer.next(trainer.start, Samples(x: Tensor<Float>.zeros([1, 2]), y: [0]))
      }
      #expect(said(step).contains("cross-entropy compares the scores of two classes or more"))
      let binary = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Loss.binaryCrossEntropy(Tensor<Float>.zeros([3, 1]), .labels([0, 1, 2]))
      }
      #expect(said(binary).contains("targets from 0 to 1, not 2.0"))
    }
  #endif
}
