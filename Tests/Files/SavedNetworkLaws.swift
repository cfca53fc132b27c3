import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Every network that trains is saved, read, evaluated, predicted with and exported, whatever its layers, loss and data are.
@Suite struct SavedNetworkLaws {
  @Test(arguments: seeds(40)) func whatTrainsIsSavedReadUsedAndExported(seed: Int) throws {
    if seed.isMultiple(of: 2) { try check(Float.self, seed) } else { try check(Double.self, seed) }
  }

  private func check<S: Real>(_ type: S.Type, _ seed: Int) throws {
    var random = Random(seed: seed)
    let (network, shape, outputs): (Sequential<S>, [Int], Int) = random.anyNetwork(seed)
    let classes = max(2, outputs)
    let losses: [Loss<S>] =
      [.meanSquared, .halfSquaredSum, .meanAbsolute, .huber(), .binaryCrossEntropy]
      + (outputs > 1 ? [.crossEntropy(), .crossEntropy(labelSmoothing: 0.1)] : [])
    let loss = random.element(losses)
    let hasClasses = loss.name.hasSuffix("cross_entropy") || random.int(0...1) == 0
    let data = random.data(12, of: shape, classes: classes)
    let scaling = random.int(0...2) == 0 ? InputScaling.none : InputScaling(fitting: data)
    let labelled = data.samples(S.self, scaling: scaling).reshaped(shape)
    let samples =
      hasClasses ? labelled : Samples(x: labelled.x, targets: .values(random.normal([data.count, outputs])))
    let trainer = try Trainer(
      network, sampleShape: shape, loss: loss,
      optimizer: random.element([.momentum(lr: 0.01), .adam(lr: 0.01)]), key: random.key())
    let trained = samples.batches(of: 5, key: random.key()).reduce(trainer.start, trainer.next)
    try #require(trained.isFinite)
    let model = Model(
      network: network, params: trained.params, state: trained.state,
      description: ModelDescription(
        classNames: hasClasses ? data.classNames : [], inputShape: data.sampleShape, scaling: scaling,
        settings: .members(["loss": .string(loss.name)])))
    let what: Comment = "\(network.notation) with \(outputs) outputs of \(shape), \(loss.name)"

    let folder = try TemporaryFolder()
    let path = "\(folder.path)/m.safetensors"
    try model.save(path)
    let loaded = try Model<S>(contentsOf: path)
    #expect(loaded == model && bits(loaded.tensors) == bits(model.tensors), what)
    try Checkpoint(
      moment: trained, metadata: Dictionary(uniqueKeysWithValues: model.metadata.map { ($0.name, $0.value) })
    ).save("\(folder.path)/run")
    #expect(try Model<S>(contentsOf: "\(folder.path)/run") == model, what)
    #expect(try Model<S>(contentsOf: path, network: network) == model, what)

    #expect(try bits(loaded.outputs(data.inputs)) == bits(model.outputs(data.inputs)), what)
    let probabilities = try loaded.probabilities(data.inputs)
    #expect(probabilities.shape == [data.count, classes], what)
    if hasClasses {
      let result = evaluate(loaded.network, loaded.params, loaded.state, on: samples, loss: loss)
      #expect(result.count == data.count && result.loss.isFinite && result.confusion.count == classes, what)
      let row = data.selecting([0]).tensor(Double.self).elements
      let answer = try loaded.classify(row)
      #expect(bits(Tensor(answer.probabilities)) == bits(try loaded.probabilities(.numbers(row))), what)
      #expect(answer.name == data.classNames[answer.index] && answer.names == data.classNames, what)
    }

    for format in ExportFormat.allCases { try loaded.export(format, to: "\(folder.path)/x.\(format)") }
    let plain = try Safetensors(readFile("\(folder.path)/x.safetensors"), file: "x")
    let again = try Model<S>(
      plain, notation: network.isTwoLayer ? nil : network.notation, inputShape: data.sampleShape)
    #expect(bits(again.tensors) == bits(model.tensors), what)
    #expect(again.description.classNames == (0..<classes).map(String.init), what)
    #expect(try NPZ(readFile("\(folder.path)/x.npz"), file: "x").names == model.tensors.named.map(\.name), what)
  }

  /// What could not be read is not written.
  @Test(arguments: [
    (["a", "b"], [3], 1, "a network of 3 classes takes as many different class names, or none, not 'a', 'b'"),
    (["a", "b", "a"], [3], 1, "a network of 3 classes takes as many different class names"),
    (["a", "b", "c"], [2, 2], 1, "the network 'linear(4) relu linear(3)' does not take samples of shape [2, 2]"),
    ([], [3], 2, "a scaling of 2 inputs for a network of 3"),
  ]) func descriptionsThatDoNotFitAreNotWritten(names: [String], shape: [Int], scalings: Int, message: String) throws {
    let network = Sequential<Float> {
      Linear(3, 4)
      ReLU()
      Linear(3)
    }
    let ones = Array(repeating: 1.0, count: scalings)
    let model = Model(
      network: network, params: network.initialParams(for: [3], key: Key(1)), state: network.initialState(for: [3]),
      description: ModelDescription(
        classNames: names, inputShape: shape, scaling: InputScaling(offset: ones, divisor: ones)))
    let folder = try TemporaryFolder()
    #expect(failure { try model.save("\(folder.path)/m") }.contains("m: is not written: \(message)"))
    #expect(failure { try model.export(.onnx, to: "\(folder.path)/m.onnx") }.contains(message))
    #expect(failure { _ = try model.outputs(.numbers([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])) } != "")
    #expect(folder.files == [])
  }
}

extension Random {
  /// A network with the shape of its samples and the number of its outputs. Every third one has two layers, and every fourth one
  /// has a single output.
  fileprivate mutating func anyNetwork<S: Real>(_ number: Int) -> (Sequential<S>, [Int], Int) {
    let outputs = number.isMultiple(of: 4) ? 1 : int(2...4)
    if number.isMultiple(of: 3) { return (.twoLayer(hidden: int(1...5), classes: outputs), [int(1...6)], outputs) }
    let (network, shape) = network(S.self, outputs: outputs)
    return (network, shape, outputs)
  }

  /// Samples of a shape as a file has them: images are bytes, and those of one channel have no dimension for it.
  fileprivate mutating func data(_ count: Int, of shape: [Int], classes: Int) -> Dataset {
    let (size, isImage) = (shape.reduce(1, *), shape.count == 3)
    return Dataset(
      name: "random", kind: isImage ? .pixels(white: 255) : .columns,
      inputs: isImage ? .bytes(bytes(count * size)) : .numbers((0..<count * size).map { _ in double(-9...9) }),
      sampleShape: isImage && shape[0] == 1 ? Array(shape.dropFirst()) : shape,
      labels: labels(count, classes: classes), classNames: (0..<classes).map { "class \($0)" })
  }
}
