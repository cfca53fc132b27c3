import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Files of networks of layers, and PyTorch's.
@Suite struct NetworkFiles {
  private let notation =
    "conv2d(3) batchnorm2d relu maxpool2d(2) flatten linear(5) batchnorm1d tanh layernorm linear(3)"

  private func pyTorchsFile() throws -> Safetensors {
    try Safetensors(readFile(fixture("pytorch_network.safetensors")), file: "f")
  }

  @Test func pyTorchsStateDictIsRead() throws {
    let json = try JSON(parsing: readFile(fixture("pytorch_network.json")))
    let x = try #require(json["x"]?.arrayValue).compactMap(\.doubleValue)
    let scores = try #require(json["scores"]?.arrayValue).compactMap(\.doubleValue)
    let model = try Model<Double>(pyTorchsFile(), notation: notation, inputShape: [1, 8, 8])
    let ours = try model.outputs(.numbers(x))
    #expect(ours.shape == [4, 3] && scores.count == 12)
    #expect(zip(ours.elements, scores).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(model.description.classNames == ["0", "1", "2"])
    #expect(model.tensors.named.first { $0.name == "1.num_batches_tracked" }?.tensor.elements == [7])
  }

  /// What PyTorch wrote goes back to it byte for byte.
  @Test func stateDictsComeBack() throws {
    let file = try pyTorchsFile()
    let model = try Model<Float>(file, notation: notation, inputShape: [1, 8, 8])
    let ours = try Safetensors(Safetensors.bytes(of: model.tensors, metadata: [:]), file: "ours")
    func contents(_ file: Safetensors) -> [String] {
      file.entries.map { "\($0.name) \($0.type) \($0.shape) \(file.data[$0.range].map { $0 })" }.sorted()
    }
    #expect(contents(ours) == contents(file) && file.entries.count == 18)
  }

  /// A sigmoid at the end makes the probability itself, unless the loss of an earlier version applied another one to it.
  @Test func aProbabilityStaysWhatItIs() throws {
    let network = try Sequential<Double>(notation: "linear(1) sigmoid")
    let params = network.initialParams(for: [2], key: Key(1))
    func model(_ settings: JSON) -> Model<Double> {
      Model(
        network: network, params: params, state: network.initialState(for: [2]),
        description: ModelDescription(classNames: ["no", "yes"], inputShape: [2], scaling: .none, settings: settings))
    }
    let inputs = Dataset.Inputs.numbers([1, 2, -3, 0.5])
    let outputs = try model(.object([])).outputs(inputs)
    for settings in [JSON.object([]), .members(["loss": .string("mean_squared")])] {
      let found = try model(settings).probabilities(inputs)
      #expect(
        found.shape == [2, 2]
          && (0..<2).allSatisfy { found[$0, 1] == outputs[$0, 0] && found.rows($0..<$0 + 1).sum() == 1 })
    }
    let earlier = try model(.members(["loss": .string("binary_cross_entropy")])).probabilities(inputs)
    #expect((0..<2).allSatisfy { earlier[$0, 1] == Double.sigmoid(outputs[$0, 0]) })
  }

  @Test(arguments: [
    "conv2d(2) batchnorm2d gelu avgpool2d(2) flatten dropout(0.2) linear(3)",
    "flatten layernorm linear(4) elu linear(2)",
    "sequential(conv2d(2) sequential(batchnorm2d relu)) flatten sequential(linear(3))",
    "residual(conv2d(1,padding=1) batchnorm2d, conv2d(1,kernel=1)) flatten linear(3)",
  ]) func whatIsSavedIsLoaded(notation: String) throws {
    let folder = try TemporaryFolder()
    func check<S: Real>(_ type: S.Type) throws {
      let network = try Sequential<S>(notation: notation)
      let trainer = try Trainer(network, sampleShape: [1, 6, 6], optimizer: .adam(), key: Key(3))
      let samples = Samples<S>(x: .normal([12, 1, 6, 6], key: Key(1)), y: Labels((0..<12).map { $0 % 2 }))
      let trained = samples.batches(of: 4, key: Key(2)).reduce(trainer.start, trainer.next)
      let outputs = try network.outputShape(for: [1, 6, 6])[0]
      let model = Model(
        network: network, params: trained.params, state: trained.state,
        description: ModelDescription(
          classNames: (0..<outputs).map { "c\($0)" }, inputShape: [6, 6], scaling: .none,
          settings: .members(["a": .null])))
      try model.save("\(folder.path)/m")
      let loaded = try Model<S>(contentsOf: "\(folder.path)/m")
      #expect(loaded == model && bits(loaded.tensors) == bits(model.tensors))
      #expect(loaded.network.notation == network.notation)
      let cut = try readFile("\(folder.path)/m").dropLast(8)
      #expect(failure { _ = try Model<S>(Safetensors(Array(cut), file: "m")) }.hasPrefix("m: "))
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func layersOfOnesOwnAreSavedAndLoaded() throws {
    struct Twice: FixedLayer {
      typealias Scalar = Float
      func pass(_ x: Tensor<Float>, _ mode: Mode) -> FixedPass<Float> { FixedPass(output: 2 * x) { 2 * $0 } }
    }
    let network = Sequential<Float> {
      Linear(2)
      Twice()
    }
    let model = Model(
      network: network, params: network.initialParams(for: [3], key: Key(1)), state: network.initialState(for: [3]),
      description: ModelDescription(classNames: ["a", "b"], inputShape: [3], scaling: .none))
    let folder = try TemporaryFolder()
    try model.save("\(folder.path)/m")
    let file = try Safetensors(readFile("\(folder.path)/m"), file: "m")
    #expect(try Model(file, network: network) == model)
    #expect(failure { _ = try Model<Float>(file) }.contains("there is no layer 'twice'"))
  }

  /// A network whose outputs are numbers has no names for them.
  @Test func networksForRegressionAreSavedAndLoaded() throws {
    let network = Sequential<Float> { Linear(1) }
    let model = Model(
      network: network, params: network.initialParams(for: [3], key: Key(1)), state: network.initialState(for: [3]),
      description: ModelDescription(classNames: [], inputShape: [3], scaling: .none))
    let folder = try TemporaryFolder()
    try model.save("\(folder.path)/m")
    #expect(try Model<Float>(contentsOf: "\(folder.path)/m") == model)
  }

  @Test func aNegativeVarianceIsRefused() throws {
    let model = try Model<Float>(pyTorchsFile(), notation: notation, inputShape: [1, 8, 8])
    let wrong = model.tensors.map { $0 - Tensor(scalar: 2) }
    let bytes = Safetensors.bytes(of: wrong, metadata: [:])
    let found = failure {
      _ = try Model<Float>(Safetensors(bytes, file: "m"), notation: notation, inputShape: [1, 8, 8])
    }
    #expect(found.contains("running_var': holds a negative variance"), "\(found)")
  }

  /// A network in metadata is a person's input like any other.
  @Test(arguments: [
    ("relx", "[1,8,8]", "cannot be understood: at character 1: there is no layer 'relx'"),
    ("conv2d(3) flatten linear(3)", "[64]", "does not take samples of shape [64]"),
    ("conv2d(3) flatten linear(3)", "[0]", "no proper input_shape"), ("conv2d(3)", "[1,8,8]", "not a vector"),
    ("flatten linear(3)", "[1,8,8]", "tensor '1.weight' has shape"),
    ("flatten linear(3)", "x", "no proper input_shape"),
    ("linear(900000000) linear(3)", "[64]", "parameters, more than there are in this file"),
    ("relu", "[1073741823,1073741823,1073741823]", "does not take samples"), ("relu", "[1073741823]", "of some length"),
    ("conv2d(900000000,padding=4000) flatten linear(3)", "[1,8,8]", "of a sample"),
  ]) func networksThatDoNotFitAreErrors(network: String, shape: String, message: String) throws {
    let model = try Model<Float>(pyTorchsFile(), notation: notation, inputShape: [1, 8, 8])
    let bytes = Safetensors.bytes(
      of: model.tensors,
      metadata: ["format": "functional-net", "format_version": "2", "network": network, "input_shape": shape])
    let found = failure { _ = try Model<Float>(Safetensors(bytes, file: "m")) }
    #expect(found.hasPrefix("m: ") && found.contains(message), "\(found)")
  }

  @Test(arguments: seeds(30)) func damagedFilesAreErrorsOrNetworks(seed: Int) throws {
    var random = Random(seed: seed)
    let model = try Model<Float>(pyTorchsFile(), notation: notation, inputShape: [1, 8, 8])
    var bytes = Safetensors.bytes(
      of: model.tensors,
      metadata: ["format": "functional-net", "format_version": "2", "network": notation, "input_shape": "[1,8,8]"])
    for _ in 0..<20 {
      let place = random.int(8...random.element([400, bytes.count - 1]))
      bytes[place] = UInt8(random.int(0...255))
      _ = try? Model<Float>(Safetensors(bytes, file: "m"))
    }
  }
}
