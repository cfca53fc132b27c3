import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct ReadmeExample {
  /// The README's blocks of Swift, compiled and run one after the other: the lines between the marks are its lines.
  @Test func itTrains() throws {
    var printed: [String] = []
    func print(_ item: Any) { printed.append("\(item)") }
    // README begins
    let (training, test) = try DatasetParts("digits").split(testFraction: 0.2, key: Key(1))
    let scaling = InputScaling(fitting: training)
    let samples: Samples<Float> = training.samples(scaling: scaling)

    let params = Params<Float>.initial(inputs: 64, hidden: 100, classes: 10, key: Key(2))
    let trainer = Trainer(params: params, optimizer: .momentum(lr: 0.1, momentum: 0.9))
    let batches = samples.batches(of: 32, epochs: 0..<10, key: Key(3))
    let trained = batches.reduce(trainer.start, trainer.next).params

    let result = evaluate(params: trained, on: test.samples(scaling: scaling))
    print("accuracy \(result.accuracy)")

    let network = Sequential<Float> {
      Conv2D(8, padding: 1)
      BatchNorm2D()
      ReLU()
      MaxPool2D(2)
      Flatten()
      Dropout(0.2)
      Linear(10)
    }
    let images = samples.reshaped([1, 8, 8])
    let learner = try Trainer(network, sampleShape: [1, 8, 8], optimizer: .adam(lr: 0.005), key: Key(4))
    let learned = images.batches(of: 32, epochs: 0..<10, key: Key(5)).reduce(learner.start, learner.next)

    let testImages: Samples<Float> = test.samples(scaling: scaling).reshaped([1, 8, 8])
    print("accuracy \(evaluate(network, learned.params, learned.state, on: testImages).accuracy)")

    let description = ModelDescription(
      classNames: training.classNames, inputShape: training.sampleShape, scaling: scaling)
    let model = Model(network: network, params: learned.params, state: learned.state, description: description)
    try model.save("/tmp/digits.safetensors")

    let loaded = try Model<Float>(contentsOf: "/tmp/digits.safetensors")
    let pixels: [Double] = test.tensor().rows(0..<1).elements
    let digit = try loaded.classify(pixels)
    print("this is a \(digit.name), with probability \(digit.probability)")

    struct Square: FixedLayer {
      typealias Scalar = Double

      func pass(_ x: Tensor<Double>, _ mode: Mode) -> FixedPass<Double> {
        FixedPass(output: x * x) { dOutput in 2 * (dOutput * x) }
      }
    }
    print(checkLayer(Square(), sampleShape: [3]))
    // README ends
    #expect(printed.count == 4 && result.accuracy > 0.95)
    #expect(digit.name == test.classNames[test.labels.indices[0]] && digit.probability > 0.5 && loaded == model)
    #expect(evaluate(network, learned.params, learned.state, on: testImages).accuracy > 0.97)
    #expect(printed.last == "passed: 18 derivatives")
  }

  @Test func itIsWhatTheReadmeSays() throws {
    let root = String(#filePath.dropLast("Tests/Files/ReadmeExample.swift".count))
    func lines(_ path: String) throws -> [Substring] {
      String(decoding: try readFile(path), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }
    var readme: [Substring] = []
    var isSwift = false
    for line in try lines(root + "README.md") {
      if line.hasPrefix("```") { isSwift = line == "```swift" } else if isSwift { readme.append(line) }
    }
    let here = try lines(#filePath).drop { !$0.hasSuffix("// README begins") }.dropFirst().prefix {
      !$0.hasSuffix("// README ends")
    }
    // Empty lines between the blocks and the order of spaces aside.
    func words(_ lines: some Sequence<Substring>) -> [String] {
      lines.map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty && !$0.hasPrefix("import ") }
    }
    #expect(here.count > 30 && words(readme).joined(separator: " ") == words(here).joined(separator: " "))
  }
}
