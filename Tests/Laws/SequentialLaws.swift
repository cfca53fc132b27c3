import FunctionalNet
import TestSupport
import Testing

/// The two-layer network as a stack of layers.
private func layers<S: Real>(_ params: Params<S>) -> (Sequential<S>, Stack<S>, Stack<S>) {
  let network = Sequential<S> {
    Linear(params.w1.shape[0], params.b1.count)
    ReLU()
    Linear(params.b1.count, params.b2.count)
  }
  let stack = Stack<S>([
    Linear<S>.Params(weight: params.w1, bias: params.b1), Empty<S>(),
    Linear<S>.Params(weight: params.w2, bias: params.b2),
  ])
  return (network, stack, network.initialState(for: [params.w1.shape[0]]))
}

@Suite struct SequentialLaws {
  /// The page is a special case of the layers, bit for bit: scores, gradients and whole runs of training.
  private func checkTwoLayers<S: Real>(_ type: S.Type, seed: Int) {
    var random = Random(seed: seed)
    let (params, x, y) = random.twoLayerCase(S.self)
    let (network, stack, state) = layers(params)
    let pass = network.pass(stack, state, x, .training(Key(1)))
    #expect(bits(pass.output) == bits(forward(params: params, x: x)))
    let (loss, gradient) = Loss<S>.crossEntropy()(pass.output, .labels(y))
    let both = lossAndGradients(params: params, x: x, y: y)
    #expect(loss == both.loss)
    #expect(bits(pass.pullback(gradient()).params) == bits(both.gradients))
    #expect(pass.pullback(gradient()).params.named.map(\.name) == both.gradients.named.map(\.name))

    let samples = Samples(x: x, y: y)
    let batches = samples.batches(of: random.int(1...4), epochs: 0..<2, key: random.key())
    let twoLayer = Trainer(params: params, optimizer: .momentum(lr: 0.1))
    let sequential = Trainer(network, params: stack, state: state, optimizer: .momentum(lr: 0.1), key: Key(1))
    let (a, b) = (batches.reduce(twoLayer.start, twoLayer.next), batches.reduce(sequential.start, sequential.next))
    #expect(bits(a.params) == bits(b.params) && a.loss == b.loss && a.step == b.step)

    // Also moment by moment, with all of them kept, and by definition.
    let composed = Trainer(
      composing: network, params: stack, state: state, optimizer: .momentum(lr: 0.1), key: Key(1))
    let fused = Array(batches.scan(sequential.start, sequential.next))
    for (one, other) in zip(fused, batches.scan(composed.start, composed.next)) {
      #expect(one == other && bits(one.params) == bits(other.params) && bits(one.memory[0]) == bits(other.memory[0]))
    }
    #expect(fused.last == b)
  }

  @Test(arguments: seeds(30)) func theTwoLayerNetworkIsThreeLayers(seed: Int) {
    checkTwoLayers(Float.self, seed: seed)
    checkTwoLayers(Double.self, seed: seed)
  }

  /// Weights of samples and targets that are no classes are not what fused steps are made for; they count all the same.
  @Test(arguments: seeds(12)) func whatIsNotFusedCountsToo(seed: Int) {
    var random = Random(seed: seed)
    let (params, x, y) = random.twoLayerCase(Double.self)
    let (network, stack, state) = layers(params)
    let classes = params.b2.count
    let soft = softmax(Tensor<Double>.normal([y.count, classes], key: random.key()))
    let weights = (0..<y.count).map { _ in random.double(0.1...2) }
    let kinds: [Targets<Double>] = [Targets(.labels(y), weights: weights), .values(soft), .labels(y)]
    let trainer = Trainer(network, params: stack, state: state, optimizer: .momentum(lr: 0.1), key: Key(1))
    let composed = Trainer(
      composing: network, params: stack, state: state, optimizer: .momentum(lr: 0.1), key: Key(1))
    // One kind after the other, so that packed moments meet what they are not for.
    let batches = (kinds + [kinds[0]] + kinds).map { Samples(x: x, targets: $0) }
    for (a, b) in zip(batches.scan(trainer.start, trainer.next), batches.scan(composed.start, composed.next)) {
      #expect(a == b && bits(a.params) == bits(b.params))
    }
    #expect(batches.reduce(trainer.start, trainer.next) == batches.reduce(composed.start, composed.next))
  }

  /// Layers in brackets are the same layers.
  @Test(arguments: seeds(20)) func nestingChangesNothing(seed: Int) {
    var random = Random(seed: seed)
    let (params, x, _) = random.twoLayerCase(Double.self)
    let (flat, stack, state) = layers(params)
    let nested = Sequential<Double> {
      Sequential {
        flat.layers[0]
        flat.layers[1]
      }
      Sequential(Array(flat.layers[2...]))
    }
    func nest(_ stack: Stack<Double>) -> Stack<Double> {
      Stack<Double>([Stack<Double>(Array(stack.parts[..<2])), Stack<Double>(Array(stack.parts[2...]))])
    }
    let (a, b) = (
      flat.pass(stack, state, x, .inference), nested.pass(nest(stack), nest(state), x, .inference)
    )
    let dOutput: Tensor<Double> = random.normal(a.output.shape)
    let (one, other) = (a.pullback(dOutput), b.pullback(dOutput))
    #expect(bits(a.output) == bits(b.output) && bits(one.input()) == bits(other.input()))
    #expect(bits(one.params) == bits(other.params))
    #expect(other.params.named.map(\.name) == ["0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias"])
    #expect(nested.notation == "sequential(\(flat.layers[0].notation) relu) sequential(\(flat.layers[2].notation))")
  }

  @Test func shapesAreInferredAndChecked() throws {
    let network = Sequential<Float> {
      Conv2D(8)
      ReLU()
      MaxPool2D()
      for width in [12, 10] {
        Flatten()
        Linear(width)
      }
    }
    #expect(
      try network.shapes(for: [1, 28, 28]) == [
        [1, 28, 28], [8, 26, 26], [8, 26, 26], [8, 13, 13], [1352], [12], [12], [10],
      ])
    #expect(try network.outputShape(for: [1, 28, 28]) == [10])
    #expect(network.initialParams(for: [1, 28, 28], key: Key(1)).count == 8 * 9 + 8 + 1352 * 12 + 12 + 120 + 10)
    #expect(
      throws: ShapeError(
        position: [0], layer: "conv2d", "takes images [channels, height, width], not samples of shape [784]")
    ) {
      try network.outputShape(for: [784])
    }
    let deep = Sequential<Float> {
      Flatten()
      Residual {
        Linear(4)
        MaxPool2D()
      }
    }
    let error = try #require(throws: ShapeError.self) { try deep.outputShape(for: [2, 2]) }
    #expect(
      error.description == "layer 2.1.2 maxpool2d: takes images [channels, height, width], not samples of shape [4]")
    #expect(throws: ShapeError.self) { try Trainer(deep, sampleShape: [2, 2], optimizer: .sgd(lr: 0.1), key: Key(1)) }
    #expect(throws: ShapeError.self) { try Sequential<Float> { Linear(3, 4) }.outputShape(for: [2]) }
    #expect(throws: ShapeError.self) { try Sequential<Float> { Conv2D(3, 4) }.outputShape(for: [2, 9, 9]) }
    #expect(throws: ShapeError.self) {
      try Sequential<Float> { Conv2D(4, kernel: Size2D(2, 5)) }.outputShape(for: [2, 4, 4])
    }
  }

  /// Nobody asks for the derivatives of the input of the first layer that learns, so nobody computes them.
  @Test func theFirstInputGradientIsNotComputed() {
    let calls = Counter()
    let network = Sequential<Double> {
      Counting(calls)
      Flatten()
      Linear(2)
      Counting(calls)
      Linear(2)
    }
    let pass = network.pass(
      network.initialParams(for: [3], key: Key(1)), network.initialState(for: [3]), .zeros([4, 3]), .inference)
    let gradients = pass.pullback(.zeros([4, 2]))
    #expect(calls.count == 1)
    #expect(gradients.input().shape == [4, 3] && calls.count == 2)
  }
}

/// Passes everything on, and counts how often it does so backward.
private struct Counting: FixedLayer {
  typealias Scalar = Double

  let counter: Counter
  init(_ counter: Counter) { self.counter = counter }

  func pass(_ x: Tensor<Double>, _ mode: Mode) -> FixedPass<Double> {
    FixedPass(output: x) { dOutput in
      counter.count += 1
      return dOutput
    }
  }
}

private final class Counter: @unchecked Sendable { var count = 0 }

@Suite struct NotationLaws {
  @Test(arguments: [
    "linear(10)", "conv2d(8) relu maxpool2d(2) flatten linear(10)", "conv2d(8,kernel=(3,2),stride=2,padding=(1,0))",
    "residual(conv2d(4,padding=1) relu) avgpool2d(3,stride=1)", "residual(linear(3) tanh, linear(3)) dropout(0.25)",
    "batchnorm2d(epsilon=0.01) flatten batchnorm1d(epsilon=0.1,momentum=0.5) layernorm(epsilon=0.001)",
    "sequential(linear(3) sequential(relu)) residual(sequential(tanh))",
    "leakyrelu leakyrelu(0.2) elu elu(0.5) gelu sigmoid tanh abs softmax",
  ]) func networksAreWhatTheirNotationSays(text: String) throws {
    #expect(try Sequential<Float>(notation: text).notation == text)
  }

  @Test func spellings() throws {
    let spelled = try Sequential<Float>(notation: " Conv2D( 8 , 3 )ReLU  maxpool2d(kernel=2) Linear( outputs = 4 )")
    #expect(spelled.notation == "conv2d(8) relu maxpool2d(2) linear(4)")
    #expect(try Sequential<Float>(notation: "conv2d(8, 3, (2,1), 1)").notation == "conv2d(8,stride=(2,1),padding=1)")
    #expect(try Sequential<Float>(notation: "conv2d(padding=2, outputs=3)").notation == "conv2d(3,padding=2)")
    #expect(
      layerNames.allSatisfy { name in
        ["linear", "conv2d", "residual", "sequential"].contains(name) || (try? Sequential<Float>(notation: name)) != nil
      })
  }

  @Test(arguments: [
    ("", 0), ("relu liner(10)", 5), ("linear", 0), ("linear()", 0), ("linear(0)", 7), ("linear(2.5)", 7),
    ("linear(3", 8),
    ("linear(3,4)", 9), ("conv2d(4,stride=2,padding=1,kernel=3,1,2)", 37), ("relu(1)", 5), ("dropout(1)", 8),
    ("conv2d(4,kernel=0)", 9), ("conv2d(4,kernel=(3))", 18),
    ("conv2d(4,3,3,3,3)", 15), ("residual", 0), ("residual(relu", 13), ("residual(relu,relu,relu)", 18), ("relu )", 5),
    ("linear(x)", 8), ("linear(1e99)", 7), ("lin\u{e9}ar(1)", 3), ("conv2d(4,kernel=3,kernel=3)", 18), ("7", 0),
    ("batchnorm1d(64)", 12), ("layernorm(64)", 10),
  ]) func errorsNameThePlace(text: String, position: Int) throws {
    let error = try #require(throws: NotationError.self) { try Sequential<Float>(notation: text) }
    #expect(error.position == position, "\(text): \(error)")
  }

  @Test func deepBracketsAreAnErrorNotACrash() {
    let text = String(repeating: "residual(", count: 100_000)
    #expect(throws: NotationError.self) { try Sequential<Float>(notation: text) }
  }

  @Test(arguments: seeds(200)) func noTextCrashes(seed: Int) {
    var random = Random(seed: seed)
    let parts = layerNames + ["(", ")", ",", "=", "3", "0.5", "-1", "kernel", " ", "é", "1e9", "(3,2)"]
    let text = (0..<random.int(0...12)).map { _ in random.element(parts) }.joined()
    if let network = try? Sequential<Float>(notation: text) {
      #expect(throws: Never.self) { try Sequential<Float>(notation: network.notation) }
    }
  }
}
