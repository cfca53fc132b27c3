import FunctionalNet
import TestSupport
import Testing

/// Every layer keeps the laws of layers, in one line each.
@Suite struct LayerGradients {
  private func check<L: Layer>(
    _ layer: L, _ sampleShape: [Int], samples: Int = 3, seed: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
  ) where L.Scalar == Double {
    let x = offKinks([samples] + sampleShape, seed: seed)
    let report = checkLayer(layer, sampleShape: sampleShape, input: x, key: Key(UInt64(seed)))
    #expect(report.passed, "\(layer.notation): \(report)", sourceLocation: sourceLocation)
    #expect(
      report.gradients.count == 2 && report.gradients.allSatisfy { $0.kinks == 0 }, sourceLocation: sourceLocation)
  }

  /// Numbers that are all at least 0.1 from each other and from 0.
  private func offKinks(_ shape: [Int], seed: Int) -> Tensor<Double> {
    let count = shape.reduce(1, *)
    let order = Key(UInt64(seed)).child(7).permutation(count)
    return Tensor(shape: shape, elements: order.map { 0.1 * (Double($0 - count / 2) + 0.5) * (1 + 1 / Double(count)) })
  }

  @Test(arguments: seeds(5)) func linear(seed: Int) {
    check(Linear(4), [3], seed: seed)
    check(Linear(3, 1, bias: 0.1), [3], samples: 1, seed: seed)
  }

  @Test(arguments: seeds(5)) func activations(seed: Int) {
    check(ReLU(), [7], seed: seed)
    check(LeakyReLU(slope: 0.2), [2, 3], seed: seed)
    check(Sigmoid(), [7], seed: seed)
    check(Tanh(), [2, 2, 2], seed: seed)
    check(Abs(), [7], seed: seed)
    check(GELU(), [7], seed: seed)
    check(ELU(alpha: 0.7), [7], seed: seed)
    check(Softmax(), [5], seed: seed)
  }

  @Test(arguments: seeds(5)) func shapesAndDice(seed: Int) {
    check(Flatten(), [2, 3], seed: seed)
    check(Dropout(0.4), [6], seed: seed)
    check(Dropout(0), [6], seed: seed)
  }

  @Test(arguments: seeds(12)) func convolutions(seed: Int) {
    var random = Random(seed: seed)
    let kernel = Size2D(random.int(1...3), random.int(1...3))
    let stride = Size2D(random.int(1...2), random.int(1...3))
    let padding = Size2D(random.int(0...2), random.int(0...1))
    let image = [random.int(1...3), random.int(3...6), random.int(3...6)]
    check(Conv2D(random.int(1...4), kernel: kernel, stride: stride, padding: padding), image, samples: 2, seed: seed)
    check(Conv2D(image[0], 2), image, samples: 2, seed: seed)
  }

  @Test(arguments: seeds(8)) func pooling(seed: Int) {
    var random = Random(seed: seed)
    let kernel = Size2D(random.int(1...3), random.int(1...3))
    let stride = Size2D(random.int(1...3), random.int(1...3))
    let image = [random.int(1...2), random.int(3...6), random.int(3...6)]
    check(MaxPool2D(kernel, stride: stride), image, seed: seed)
    check(AveragePool2D(kernel, stride: stride), image, seed: seed)
  }

  @Test(arguments: seeds(5)) func normalisation(seed: Int) {
    check(BatchNorm2D(), [3, 2, 4], seed: seed)
    check(BatchNorm1D(epsilon: 0.01, momentum: 0.3), [4], samples: 5, seed: seed)
    check(LayerNorm(), [6], seed: seed)
    check(LayerNorm(), [2, 3, 3], seed: seed)
  }

  @Test(arguments: seeds(5)) func networks(seed: Int) {
    check(
      Sequential {
        Conv2D(2)
        BatchNorm2D()
        Tanh()
        Flatten()
        Dropout(0.3)
        Linear(3)
      }, [1, 4, 4], seed: seed)
    check(
      Residual {
        Linear(4)
        Sigmoid()
      }, [4], seed: seed)
    check(
      Residual({ Conv2D(2, stride: 2, padding: 1) }, shortcut: { Conv2D(2, kernel: 1, stride: 2) }), [1, 4, 4],
      seed: seed)
  }
}
