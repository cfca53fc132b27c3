import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Networks as ONNX files. Beside these, `Fixtures/run_onnx.py` runs such files with ONNX Runtime.
@Suite struct ONNXFiles {
  /// Every layer, with numbers that are not the usual ones.
  private static let networks: [(notation: String, inputShape: [Int])] = [
    ("linear(5) relu linear(3)", [4]), ("linear(5) relu linear(3)", [2, 3]),
    ("flatten linear(6) sigmoid batchnorm1d(epsilon=0.25) tanh linear(1)", [5, 4]),
    ("conv2d(3,kernel=(3,2),stride=(2,1),padding=(2,1)) leakyrelu(0.25) flatten linear(3)", [2, 7, 5]),
    ("conv2d(2,padding=(0,1)) batchnorm2d(epsilon=0.5) abs maxpool2d((2,3),stride=(1,2)) flatten linear(2)", [6, 7]),
    ("conv2d(2) layernorm(epsilon=0.5) gelu avgpool2d((1,2),stride=(2,1)) flatten linear(3) softmax", [3, 6, 6]),
    (
      "residual(conv2d(2,padding=1) elu(0.5) conv2d(1,padding=1)) residual(relu, conv2d(1,kernel=1)) flatten linear(2)",
      [4, 4]
    ),
    ("sequential(linear(4) sequential(dropout(0.5) tanh)) residual(dropout(0.1)) linear(3) dropout(0.2)", [3]),
    ("linear(1) sigmoid", [3]), ("sequential(linear(3) softmax) dropout(0.5)", [3]), ("dropout(0.5)", [3]),
    ("softmax", [3]), ("residual(dropout(0.5)) softmax", [2, 2]),
  ]

  private static func model<S: Real>(
    _ type: S.Type, _ notation: String, _ inputShape: [Int], _ random: inout Random, classes: Bool = true,
    scaling: InputScaling? = nil
  ) throws -> Model<S> {
    let network = try Sequential<S>(notation: notation)
    let shape = try network.sampleShape(for: inputShape)
    let count = inputShape.reduce(1, *)
    let size = random.element([1, count])
    let drawn = InputScaling(
      offset: (0..<size).map { _ in random.double(-2...2) }, divisor: (0..<size).map { _ in random.double(0.5...3) },
      fillsMissing: random.int(0...1) == 1)
    var key = random.key()
    func noise(_ tensor: Tensor<S>) -> Tensor<S> {
      key = key.child(0)
      return .normal(tensor.shape, standardDeviation: 0.5, key: key)
    }
    let params = network.initialParams(for: shape, key: random.key()).map(noise)
    let state = network.initialState(for: shape).map { noise($0).map(.absolute) }
    let outputs = max(2, try network.outputShape(for: shape)[0])
    return Model(
      network: network, params: params, state: state,
      description: ModelDescription(
        classNames: classes ? (0..<outputs).map { "class \"\($0)\", é" } : [], inputShape: inputShape,
        scaling: scaling ?? random.element([.none, drawn, InputScaling(offset: [0], divisor: [16])]),
        settings: .members(["seed": .integer(7)])))
  }

  @Test func everyLayerIsTested() {
    let names = Self.networks.map(\.notation).joined(separator: " ").split { !$0.isLetter && !$0.isNumber }
    #expect(Set(layerNames).subtracting(names.map(String.init)) == [])
  }

  /// What a file computes is what the model computes.
  @Test(arguments: seeds(4), networks.indices) func aFileIsItsModel(seed: Int, index: Int) throws {
    let (notation, inputShape) = Self.networks[index]
    func check<S: Real>(_ type: S.Type) throws {
      var random = Random(seed: seed * 100 + index)
      let model = try Self.model(S.self, notation, inputShape, &random)
      let file = try ONNXFile(model.onnx())
      for (name, tensor) in model.tensors.named where !name.hasSuffix("num_batches_tracked") {
        let found = try #require(file.constants[name], "\(name) of \(notation)")
        let expected = tensor.shape.count == 2 ? tensor.transposed.copy() : tensor
        #expect(found.shape == expected.shape && found.elements == expected.elements.map { Double(Float($0)) })
      }
      for batch in [1, 3] {
        let x: Tensor<Float> = random.normal([batch] + inputShape)
        let fills = model.description.scaling.fillsMissing
        let inputs = x.elements.map { fills && random.int(0...4) == 0 ? .nan : Double($0) }
        let found = try ONNXInterpreter(file: file)(.init(shape: x.shape, elements: inputs))
        let outputs = try model.outputs(.numbers(inputs))
        let probabilities = try model.probabilities(.numbers(inputs))
        #expect(found.count == 2)
        for (name, expected) in [("scores", outputs), ("probabilities", probabilities)] {
          let value = try #require(found[name])
          #expect(value.shape == expected.shape)
          #expect(
            zip(value.elements, expected.elements).allSatisfy { abs($0 - Double($1)) < 1e-5 * max(1, abs($0)) },
            "\(name) of \(notation): \(value.elements), expected \(expected.elements)")
        }
        let port = try #require(file.inputs.first)
        #expect(port.shape == ["batch"] + inputShape.map(String.init))
        #expect(
          file.outputs.map(\.shape) == [["batch", "\(outputs.shape[1])"], ["batch", "\(probabilities.shape[1])"]])
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  private let small = Model<Float>(
    params: Params(
      w1: Tensor(rows: [[0.5, -1, 2], [1.5, 0.25, -0.75]]), b1: Tensor([0, 0.125, -3]),
      w2: Tensor(rows: [[1, -1], [2, 0.5], [-0.5, 4]]), b2: Tensor([0.5, -0.5])),
    description: ModelDescription(
      classNames: ["no", "yes"], inputShape: [1, 2], scaling: InputScaling(offset: [1, 0.1], divisor: [0.5, 3]),
      settings: .members(["dataset": .string("t.csv")])))

  @Test func theGraphOfTwoLayers() throws {
    let file = try ONNXFile(small.onnx())
    #expect(file.irVersion == 8 && file.opset == 17)
    #expect(file.inputs == [.init(name: "input", type: 1, shape: ["batch", "1", "2"])])
    #expect(
      file.outputs == [
        .init(name: "scores", type: 1, shape: ["batch", "2"]),
        .init(name: "probabilities", type: 1, shape: ["batch", "2"]),
      ])
    #expect(
      file.nodes.map { "\($0.outputs[0]) = \($0.operation)(\($0.inputs.joined(separator: ", ")))" } == [
        "Cast = Cast(input)", "Sub = Sub(Cast, input.offset)", "Div = Div(Sub, input.divisor)", "Cast.1 = Cast(Div)",
        "Reshape = Reshape(Cast.1, input.shape)", "0.Gemm = Gemm(Reshape, 0.weight, 0.bias)", "1.Relu = Relu(0.Gemm)",
        "scores = Gemm(1.Relu, 2.weight, 2.bias)", "probabilities = Softmax(scores)",
      ])
    #expect(
      file.constants == [
        "input.offset": .init(type: 11, shape: [1, 2], elements: [1, 0.1]),
        "input.divisor": .init(type: 11, shape: [1, 2], elements: [0.5, 3]),
        "input.shape": .init(type: 7, shape: [2], elements: [0, 2]),
        "0.weight": .init(type: 1, shape: [3, 2], elements: [0.5, 1.5, -1, 0.25, 2, -0.75]),
        "0.bias": .init(type: 1, shape: [3], elements: [0, 0.125, -3]),
        "2.weight": .init(type: 1, shape: [2, 3], elements: [1, 2, -0.5, -1, 0.5, 4]),
        "2.bias": .init(type: 1, shape: [2], elements: [0.5, -0.5]),
      ])
    #expect(
      file.metadata == [
        "format": "functional-net", "format_version": "1", "network": "linear(3) relu linear(2)",
        "class_names": #"["no","yes"]"#, "input_shape": "[1,2]", "settings": #"{"dataset":"t.csv"}"#,
      ])
    #expect(try small.onnx() == small.onnx())
  }

  /// Pixels are divided in Float, which gives the same bits.
  @Test func whatFloatCanDoIsDoneInFloat() throws {
    var random = Random(seed: 1)
    func operations(_ scaling: InputScaling) throws -> [String] {
      let model = try Self.model(Float.self, "dropout", [2], &random, classes: false, scaling: scaling)
      return try ONNXFile(model.onnx()).nodes.map(\.operation)
    }
    #expect(try operations(.none) == ["Identity"])
    #expect(try operations(InputScaling(offset: [0], divisor: [255])) == ["Div"])
    #expect(try operations(InputScaling(offset: [0], divisor: [0.1])) == ["Cast", "Div", "Cast"])
    #expect(try operations(InputScaling(offset: [3], divisor: [1])) == ["Cast", "Sub", "Cast"])
    let filled = InputScaling(offset: [3], divisor: [1], fillsMissing: true)
    #expect(try operations(filled) == ["Cast", "Sub", "Cast", "IsNaN", "Where"])
  }

  @Test func outputsThatAreNumbersHaveNoProbabilities() throws {
    var random = Random(seed: 1)
    let file = try ONNXFile(
      Self.model(Float.self, "linear(1)", [3], &random, classes: false, scaling: InputScaling.none).onnx())
    #expect(file.outputs == [.init(name: "scores", type: 1, shape: ["batch", "1"])])
    #expect(file.nodes.map(\.operation) == ["Gemm"] && file.nodes[0].outputs == ["scores"])
  }

  private struct Square: FixedLayer {
    typealias Scalar = Float
    func pass(_ x: Tensor<Float>, _ mode: Mode) -> FixedPass<Float> { FixedPass(output: x * x) { 2 * ($0 * x) } }
  }

  /// A layer with one of the library's in it.
  private struct LeakyCube: ONNXLayer, FixedLayer {
    typealias Scalar = Float
    let leaky = LeakyReLU<Float>(slope: 0.5)
    func pass(_ x: Tensor<Float>, _ mode: Mode) -> FixedPass<Float> {
      let pass = leaky.pass(x * x * x, mode)
      return FixedPass(output: pass.output) { 3 * (pass.pullback($0) * x * x) }
    }
    func onnx(
      _ params: Empty<Float>, _ state: Empty<Float>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
    ) -> ONNXGraph.Value {
      let cube = graph.add("Mul", [graph.add("Mul", [x, x]), x])
      return leaky.onnx(params, state, cube, in: &graph)
    }
  }

  @Test func layersOfOnesOwn() throws {
    func model(_ network: Sequential<Float>) -> Model<Float> {
      Model(
        network: network, params: network.initialParams(for: [2], key: Key(1)), state: network.initialState(for: [2]),
        description: ModelDescription(classNames: ["a", "b"], inputShape: [2], scaling: .none))
    }
    let folder = try TemporaryFolder()
    let within = Sequential<Float> {
      Linear(2)
      Residual { Square() }
    }
    #expect(
      failure { try model(within).export(.onnx, to: "\(folder.path)/m.onnx") }.hasSuffix(
        "m.onnx: cannot be written: layer 2.1.1 square: it does not say what it is in ONNX; make it an ONNXLayer"))
    #expect(folder.files == [])
    let cubes = model(Sequential { LeakyCube() })
    let found = try ONNXInterpreter(file: ONNXFile(cubes.onnx()))(.init(shape: [1, 2], elements: [2, -3]))
    #expect(found["scores"]?.elements == [8, -13.5])
  }

  @Test func numbersTooLargeForFloatAreRefused() throws {
    let network = try Sequential<Double>(notation: "linear(2)")
    let params = network.initialParams(for: [1], key: Key(1)).map { $0 + Tensor(shape: [], elements: [1e39]) }
    let model = Model(
      network: network, params: params, state: network.initialState(for: [1]),
      description: ModelDescription(classNames: ["a", "b"], inputShape: [1], scaling: .none))
    #expect(throws: ONNXError.self) { try model.onnx() }
    let text = failure { try model.export(.onnx, to: "m.onnx") }
    #expect(text.contains("tensor '0.weight' has numbers that are too large for Float"))
  }
}
