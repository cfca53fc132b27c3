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

/// What a user of the library writes without a second thought compiles and means what it says.
@Suite struct PlainSwift {
  @Test func sizesAreVariables() throws {
    let (kernel, stride, padding) = (5, 2, 1)
    let network = Sequential<Float> {
      Conv2D(8, kernel: kernel, stride: stride, padding: padding)
      Conv2D(8, 4, kernel: Size2D(1, 2), stride: stride)
      MaxPool2D(stride)
      AveragePool2D(1, stride: stride)
      Flatten()
      Linear(stride)
    }
    #expect(
      network.notation
        == "conv2d(8,kernel=5,stride=2,padding=1) conv2d(4,kernel=(1,2),stride=2) maxpool2d(2) avgpool2d(1,stride=2) flatten "
        + "linear(2)")
    #expect(try network.shapes(for: [1, 28, 28]).prefix(4) == [[1, 28, 28], [8, 13, 13], [4, 7, 6], [4, 3, 3]])
    #expect(MaxPool2D<Float>().stride == 2 && AveragePool2D<Float>(Size2D(2, 3)).stride == Size2D(2, 3))
  }

  @Test func classesAreAnArray() {
    let (x, y) = (Tensor<Double>(rows: [[1, 2], [3, -4], [0, 1]]), [0, 1, 1])
    let params = Params<Double>.initial(inputs: 2, hidden: 4, classes: 2, key: Key(1))
    #expect(Samples(x: x, y: y) == Samples(x: x, y: Labels(y)) && Samples(x: x, y: y).targets == .labels(y))
    #expect(loss(params: params, x: x, y: y) == loss(params: params, x: x, y: Labels(y)))
    #expect(gradients(params: params, x: x, y: y) == gradients(params: params, x: x, y: Labels(y)))
    #expect(lossAndGradients(params: params, x: x, y: y).loss == crossEntropy(forward(params: params, x: x), y))
    let bytes = Samples<Float>(bytes: [0, 1], shape: [2, 1], levels: (0..<256).map(Float.init), y: [1, 0])
    #expect(bytes == Samples(x: Tensor(rows: [[0], [1]]), y: [1, 0]))
  }

  @Test func learningRatesAreFloats() {
    let lr: Float = 0.25
    let params = Params<Double>.initial(inputs: 2, hidden: 4, classes: 2, key: Key(1))
    let ones = params.map { Tensor(shape: $0.shape, repeating: 1) }
    for optimizer in [Optimizer<Params<Double>>.sgd(lr: lr), .momentum(lr: lr)] {
      let (updates, _) = optimizer.update(ones, optimizer.initial(params), params, Progress(step: 0))
      #expect(updates == -0.25 * ones)
    }
  }
}
