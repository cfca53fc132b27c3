import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Functions that are declared to throw do so for arguments that they cannot take; they do not end the process.
@Suite struct WrongArguments {
  private func model(classes: Int = 3, names: [String] = ["a", "b", "c"]) -> Model<Float> {
    let network = Sequential<Float>.twoLayer(hidden: 5, classes: classes)
    return Model(
      network: network, params: network.initialParams(for: [4], key: Key(1)), state: network.initialState(for: [4]),
      description: ModelDescription(classNames: names, inputShape: [4], scaling: .none))
  }

  @Test(arguments: [1, 3, 5, 7]) func rowsOfTheWrongLength(count: Int) throws {
    let numbers = (0..<count).map(Double.init)
    let message = "the network: takes samples of 4 inputs, and \(count) numbers are no whole number of them"
    #expect(failure { _ = try model().outputs(.numbers(numbers)) } == message)
    #expect(failure { _ = try model().probabilities(.numbers(numbers)) } == message)
    #expect(failure { _ = try model().probabilities(.bytes(numbers.map { UInt8($0) })) } == message)
    #expect(failure { _ = try model().classify(numbers) } == "the network: takes 4 inputs, not \(count)")
  }

  @Test func noRowsAreNoAnswers() throws {
    #expect(try model().outputs(.numbers([])).shape == [0, 3])
    #expect(try model().probabilities(.bytes([])).shape == [0, 3])
    #expect(try model(classes: 1, names: ["no", "yes"]).probabilities(.numbers([])).shape == [0, 2])
    let network = try Sequential<Float>(notation: "conv2d(2) flatten linear(3)")
    let samples = Samples(unlabelled: Tensor<Float>.zeros([0, 1, 4, 4]))
    let (params, state) = (network.initialParams(for: [1, 4, 4], key: Key(1)), network.initialState(for: [1, 4, 4]))
    #expect(network.outputs(params, state, for: samples).shape == [0, 3])
  }

  @Test func aRowIsClassified() throws {
    let row = [5.1, 3.5, 1.4, 0.2]
    let answer = try model().classify(row)
    let probabilities = try model().probabilities(.numbers(row))
    #expect(answer.probabilities == probabilities.elements && answer.index == probabilities.argmax()[0])
    #expect(answer.name == ["a", "b", "c"][answer.index] && answer.names == ["a", "b", "c"])
    #expect(answer.probability == probabilities.elements.max())
    let two = try model(classes: 1, names: ["no", "yes"]).classify(row)
    #expect(two.probabilities.count == 2 && two.name == (two.probabilities[1] > 0.5 ? "yes" : "no"))
    #expect(failure { _ = try model(names: []).classify(row) }.contains("which stand for no classes"))
    #expect(failure { _ = try model().classify([1, .nan, 3, 4]) }.contains("are not finite"))
    #expect(failure { _ = try model(names: ["a"]).classify(row) }.contains("class names"))
  }

  @Test(arguments: [[0], [-3], [2, 0, 5], [1, -4, 4], [1, .max, .max], [.max]]) func shapesOfNoSamples(shape: [Int]) {
    let vectors = Sequential<Float> { Linear(3) }
    let images = Sequential<Float> {
      Conv2D(2, padding: 1)
      Flatten()
      Linear(3)
    }
    for network in [vectors, images] {
      #expect(throws: ShapeError.self) { try network.shapes(for: shape) }
      #expect(throws: ShapeError.self) { try network.sampleShape(for: shape) }
      #expect(throws: ShapeError.self) {
        try Trainer(network, sampleShape: shape, optimizer: .sgd(lr: 0.1), key: Key(1))
      }
    }
    #expect(throws: ShapeError.self) { try Conv2D<Float>(2, padding: 1).outputShape(for: shape) }
    #expect(throws: ShapeError.self) { try MaxPool2D<Float>(1).outputShape(for: shape) }
    #expect(throws: ShapeError.self) { try Conv2D<Float>(2, padding: Int.max).outputShape(for: [1, 4, 4]) }
  }

  @Test func argumentsOfReaders() throws {
    let folder = try TemporaryFolder()
    let table = "\(folder.path)/t.csv"
    try writeText("1,2,a\n3,4,b\n", table)
    let bytes = try readFile(table)
    #expect(
      failure { _ = try Dataset(csv: bytes, file: "t", options: TableOptions(missing: .mean), kind: .plain) }.contains(
        "filled with the mean only where the numbers are columns"))
    #expect(failure { _ = try UnlabelledInputs(table, size: 0) }.contains("samples of 0 inputs are asked for"))
    #expect(failure { _ = try UnlabelledInputs(table, size: -1) }.contains("samples of -1 inputs are asked for"))
    #expect(failure { _ = try UnlabelledInputs(table, size: .max) }.contains("are asked for"))
    for most in [Int.min, 0, .max] {
      var inputs = try UnlabelledInputs(table, size: 2, table: TableOptions(labelColumn: .last))
      guard case .numbers(let numbers)? = try inputs.next(atMost: most) else {
        Issue.record("no numbers")
        continue
      }
      #expect(numbers == (most == .max ? [1, 2, 3, 4] : [1, 2]))
      var iris = try UnlabelledInputs("iris", size: 4)
      guard case .numbers(let flowers)? = try iris.next(atMost: most) else {
        Issue.record("no numbers")
        continue
      }
      #expect(flowers.count == (most == .max ? 600 : 4))
    }
    let idx: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1, 7]
    #expect(
      failure { _ = try IDX(idx, file: "i", dimensions: 2...Int.max) }.contains("of 1 dimensions, expected 2 or more"))
    #expect(failure { _ = try IDX(idx, file: "i", dimensions: Int.min...0) }.contains("of 1 dimensions"))
    let packed = try readFile(fixture("idx/train-labels-idx1-ubyte.gz"))
    #expect(failure { _ = try gunzip(packed, file: "g", limit: -5) }.contains("holds more than the 0 bytes"))
  }

  @Test func entriesOfAnotherArchive() throws {
    func archive(_ count: Int) throws -> Zip {
      try Zip(
        NPZ.bytes(of: [("x", FileArray(shape: [count], elements: .bytes(Array(repeating: 1, count: count))))]),
        file: "z")
    }
    let (small, large) = (try archive(1), try archive(1000))
    #expect(failure { _ = try small.contents(of: large.entries[0]) }.contains("is not of this archive"))
  }

  @Test func parametersOfAnotherNetwork() throws {
    let network = try Sequential<Float>(notation: "linear(3) residual(linear(3))")
    let (params, state) = (network.initialParams(for: [4], key: Key(1)), network.initialState(for: [4]))
    let description = ModelDescription(classNames: [], inputShape: [4], scaling: .none)
    for parts in [[], [params.parts[0]], [params.parts[0], params.parts[0]], [params.parts[0], Stack<Float>([])]] {
      let model = Model(network: network, params: Stack(parts), state: state, description: description)
      #expect(failure { _ = try model.onnx() } != "")
    }
  }

  @Test func labelsWithoutNames() {
    let data = Dataset(
      name: "d", kind: .plain, inputs: .numbers([1, 2]), sampleShape: [1], labels: [0, 5], classNames: ["a", "b"])
    #expect(failure { _ = try data.relabelled(["b", "a"]) } == "d: label 5 is none of the 2 classes of the data set")
  }
}
