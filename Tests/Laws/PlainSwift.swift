import FunctionalNet
import TestSupport
import Testing

/// Code that a user of the library writes without looking anything up compiles, and does what it says.
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
