import FunctionalNet

/// A trained network with all that is needed to use it again.
public struct Model<Scalar: Real>: Sendable {
  public let network: Sequential<Scalar>
  public let params: Stack<Scalar>

  /// What the layers remember.
  public let state: Stack<Scalar>
  public let description: ModelDescription

  public init(
    network: Sequential<Scalar>, params: Stack<Scalar>, state: Stack<Scalar>, description: ModelDescription
  ) {
    (self.network, self.params, self.state, self.description) = (network, params, state, description)
  }

  /// A two-layer network.
  public init(params: Params<Scalar>, description: ModelDescription) {
    let network = Sequential<Scalar>.twoLayer(hidden: params.b1.count, classes: params.b2.count)
    self.init(
      network: network, params: params.stack, state: network.initialState(for: [params.w1.shape[0]]),
      description: description)
  }

  /// The parameters of a two-layer network; nil for another one.
  public var twoLayer: Params<Scalar>? { network.isTwoLayer ? Params(params) : nil }

  /// What the network says, `[samples, outputs]`, to inputs as a file has them.
  public func outputs(_ inputs: Dataset.Inputs) throws(ShapeError) -> Tensor<Scalar> {
    let shape = try network.sampleShape(for: description.inputShape)
    let size = shape.reduce(1, *)
    let x: Tensor<Scalar> = description.scaling.applied(to: inputs, size: size)
    return network.outputs(params, state, for: Samples(unlabelled: x.reshaped([x.rowCount] + shape)))
  }

  /// The probabilities of all classes, `[samples, classes]`, for inputs as a file has them: the softmax of the outputs, unless
  /// the network ends with it; of a single output, its sigmoid, unless the network ends with that.
  public func probabilities(_ inputs: Dataset.Inputs) throws(ShapeError) -> Tensor<Scalar> {
    let outputs = try outputs(inputs)
    if outputs.shape[1] == 1 {
      let second = (activation(ofOutputs: 1) == nil ? outputs : outputs.map(.sigmoid)).elements
      return Tensor(shape: [second.count, 2], elements: second.flatMap { [1 - $0, $0] })
    }
    return activation(ofOutputs: outputs.shape[1]) == nil ? outputs : softmax(outputs)
  }

  /// What makes probabilities of so many outputs; nil where they are probabilities already.
  func activation(ofOutputs count: Int) -> OutputActivation? {
    if count > 1 { return network.outputActivation == .softmax ? nil : .softmax }
    // Earlier versions trained a sigmoid at the end also with a loss that applies another one, which then belongs to it.
    let isAppliedTwice = description.settings["loss"]?.stringValue == "binary_cross_entropy"
    return network.outputActivation == .sigmoid && !isAppliedTwice ? nil : .sigmoid
  }

  /// All tensors of the network under PyTorch's names.
  public var tensors: NetworkTensors<Scalar> { NetworkTensors(params: params, state: state) }
}

/// The parameters of a network and what its layers remember, as one record: what PyTorch calls its `state_dict`.
public struct NetworkTensors<Scalar: Real>: Parameters {
  public let params: Stack<Scalar>
  public let state: Stack<Scalar>

  public init(params: Stack<Scalar>, state: Stack<Scalar>) { (self.params, self.state) = (params, state) }

  public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> NetworkTensors {
    NetworkTensors(params: try params.traverse(visit), state: try state.traverse(visit))
  }
}

extension Model: Equatable {
  public static func == (a: Model, b: Model) -> Bool {
    a.network.notation == b.network.notation && a.tensors == b.tensors && a.description == b.description
  }
}

/// What a model file says of itself beside its parameters.
public struct ModelDescription: Equatable, Sendable {
  /// The name of each class; none where the outputs are numbers that stand for no classes.
  public let classNames: [String]

  /// The shape of one sample, such as `[28, 28]`.
  public let inputShape: [Int]

  /// What is done to inputs first.
  public let scaling: InputScaling

  /// The names of the columns of the table that the network was trained on; nil where it had none.
  public let columnNames: ColumnNames?

  /// What made the model: flags and their values, in the order in which they were given.
  public let settings: JSON

  public init(
    classNames: [String], inputShape: [Int], scaling: InputScaling, columnNames: ColumnNames? = nil,
    settings: JSON = .object([])
  ) {
    (self.classNames, self.inputShape, self.scaling) = (classNames, inputShape, scaling)
    (self.columnNames, self.settings) = (columnNames, settings)
  }
}

// MARK: Files

extension Model {
  /// Writes the model as safetensors, with its description in the metadata.
  public func save(_ path: String) throws(FileError) {
    try writeFile(path, Safetensors.bytes(of: tensors, metadata: metadata))
  }

  /// The model of a file: one that `save` wrote, a checkpoint, or any safetensors file under PyTorch's names.
  ///
  /// A file without a description gets classes 0, 1, 2… and inputs left as they are.
  ///
  /// - Parameters:
  ///   - notation: the network, where the file does not say it; a two-layer network unless given.
  ///   - inputShape: the shape of a sample, likewise; a vector unless given, where the network begins with a linear layer.
  public init(_ file: Safetensors, notation: String? = nil, inputShape: [Int]? = nil) throws(FileError) {
    let file = file.model
    try ModelDescription.checkVersion(file.metadata, file: file.file)
    guard let notation = file.notation ?? notation else {
      try self.init(twoLayer: file, inputShape: inputShape)
      return
    }
    let name = file.file
    let network: Sequential<Scalar>
    do throws(NotationError) { network = try Sequential(notation: notation) } catch {
      throw FileError(name, nil, "the network '\(notation)' cannot be understood: \(error)")
    }
    if network.isTwoLayer {
      try self.init(twoLayer: file, inputShape: inputShape)
      guard self.network.notation == network.notation else {
        throw FileError(name, nil, "the tensors are those of '\(self.network.notation)', not of '\(network.notation)'")
      }
      return
    }
    try self.init(file, network: network, inputShape: inputShape)
  }

  /// The model of a file for a network that is known, such as one with layers of your own.
  ///
  /// - Parameter inputShape: the shape of a sample, where the file does not say it.
  public init(_ file: Safetensors, network: Sequential<Scalar>, inputShape: [Int]? = nil) throws(FileError) {
    let file = file.model
    let (name, notation) = (file.file, network.notation)
    try ModelDescription.checkVersion(file.metadata, file: name)
    guard let shape = file.inputShape ?? inputShape ?? network.vectorShape(in: file), !shape.isEmpty, shape.count <= 8,
      shape.allSatisfy({ 0 < $0 && $0 < 1 << 30 })
    else { throw FileError(name, nil, "there is no proper input_shape for the network '\(notation)'") }
    let sampleShape: [Int]
    let outputs: [Int]
    do throws(ShapeError) {
      sampleShape = try network.sampleShape(for: shape)
      outputs = try network.outputShape(for: sampleShape)
    } catch {
      throw FileError(name, nil, "the network '\(notation)' does not take samples of shape \(shape): \(error)")
    }
    // Every output of a layer that learns has parameters; a few more may come out of one that does not.
    guard outputs.count == 1, outputs[0] <= max(10_000, file.data.count) else {
      throw FileError(name, nil, "the network '\(notation)' makes \(outputs) of a sample, not a vector of some length")
    }
    var tensors: [String: Tensor<Scalar>] = try file.tensors()
    let parameters = network.size(for: sampleShape).parameters
    guard parameters <= file.data.count / MemoryLayout<Float>.stride else {
      throw FileError(
        name, nil, "the network '\(notation)' has \(parameters) parameters, more than there are in this file")
    }
    let expected = NetworkTensors(
      params: network.initialParams(for: sampleShape, key: Key(0)), state: network.initialState(for: sampleShape))
    try requireFinite(tensors, file: name)
    for (tensor, found) in tensors where tensor.hasSuffix("running_var") && found.elements.contains(where: { $0 < 0 }) {
      throw FileError(name, .tensor(tensor), "holds a negative variance")
    }
    // PyTorch's files of old do not count batches.
    for (tensor, value) in expected.named where tensor.hasSuffix("num_batches_tracked") && tensors[tensor] == nil {
      tensors[tensor] = value
    }
    let loaded: NetworkTensors<Scalar>
    do throws(ParametersMismatch) { loaded = try expected.loading(tensors) } catch {
      func inFile(_ shape: [Int]?) -> [Int]? { shape?.count == 2 ? shape?.reversed() : shape }
      let shown = ParametersMismatch(name: error.name, expected: inFile(error.expected), found: inFile(error.found))
      throw FileError(name, nil, "\(shown), in the network '\(notation)'")
    }
    self.init(
      network: network, params: loaded.params, state: loaded.state,
      description: try ModelDescription(
        file.metadata, inputs: shape.reduce(1, *), classes: max(2, outputs[0]), inputShape: shape, file: name))
  }

  private init(twoLayer file: Safetensors, inputShape: [Int]?) throws(FileError) {
    let tensors: [String: Tensor<Scalar>] = try file.tensors()
    let name = file.file
    func tensor(_ key: String, dimensions: Int) throws(FileError) -> Tensor<Scalar> {
      guard let tensor = tensors[key] else {
        throw FileError(
          name, nil, "there is no tensor '\(key)'; a two-layer network has 0.weight, 0.bias, 2.weight and 2.bias")
      }
      guard tensor.shape.count == dimensions, tensor.count > 0 else {
        throw FileError(
          name, .tensor(key), "\(tensor.shape.count) dimensions or no elements; expected \(dimensions) dimensions")
      }
      return tensor
    }
    try requireFinite(tensors, file: name)
    let (w1, w2) = (try tensor("0.weight", dimensions: 2), try tensor("2.weight", dimensions: 2))
    let (b1, b2) = (try tensor("0.bias", dimensions: 1), try tensor("2.bias", dimensions: 1))
    guard tensors.count == 4 else {
      let extra = tensors.keys.filter { !["0.weight", "0.bias", "2.weight", "2.bias"].contains($0) }.min() ?? ""
      throw FileError(name, .tensor(extra), "does not belong to a two-layer network")
    }
    guard b1.count == w1.shape[1], w2.shape[0] == b1.count, b2.count == w2.shape[1] else {
      let shapes = [w1.shape.reversed(), b1.shape, w2.shape.reversed(), b2.shape].map(\.description)
      throw FileError(
        name, nil, "the shapes of 0.weight, 0.bias, 2.weight and 2.bias do not fit: \(shapes.joined(separator: ", "))")
    }
    let shape = inputShape ?? [w1.shape[0]]
    guard shape.allSatisfy({ $0 > 0 }), shape.reduce(1.0, { $0 * Double($1) }) == Double(w1.shape[0]) else {
      throw FileError(name, nil, "the network takes \(w1.shape[0]) inputs, not samples of shape \(shape)")
    }
    self.init(
      params: Params(w1: w1, b1: b1, w2: w2, b2: b2),
      description: try ModelDescription(
        file.metadata, inputs: w1.shape[0], classes: b2.count, inputShape: shape, file: name))
  }

  public init(contentsOf path: String) throws(FileError) {
    try self.init(Safetensors(try readFile(path), file: path))
  }
}

/// - Throws: `FileError` that names the first tensor with infinities or what is not a number.
func requireFinite<S>(_ tensors: [String: Tensor<S>], file: String) throws(FileError) {
  if let name = tensors.filter({ !$0.value.isFinite }).keys.min() {
    throw FileError(file, .tensor(name), "holds infinities or what is not a number")
  }
}

extension ModelDescription {
  fileprivate static func checkVersion(_ metadata: [String: String], file: String) throws(FileError) {
    guard metadata["format"] == "functional-net", let version = metadata["format_version"] else { return }
    if !["1", "2", "3", "4"].contains(version) {
      throw FileError(file, nil, "format version \(version) is newer than this program, which reads versions 1 to 4")
    }
  }

  fileprivate init(
    _ metadata: [String: String], inputs: Int, classes: Int, inputShape: [Int], file: String
  ) throws(FileError) {
    func wrong(_ key: String) -> FileError {
      FileError(
        file, nil,
        "metadata '\(key)' does not fit a network of \(inputs) inputs and \(classes) classes: \(metadata[key] ?? "")")
    }
    func parsed(_ key: String) throws(FileError) -> JSON? {
      guard let text = metadata[key] else { return nil }
      do throws(JSON.ParseError) { return try JSON(parsing: text.utf8) } catch { throw wrong(key) }
    }
    try ModelDescription.checkVersion(metadata, file: file)
    let names = try parsed("class_names")?.arrayValue?.compactMap(\.stringValue) ?? (0..<classes).map(String.init)
    let areNumbers = names.isEmpty && metadata["class_names"] != nil  // outputs that stand for no classes
    guard areNumbers || (names.count == classes && Set(names).count == classes) else { throw wrong("class_names") }
    let shape = try parsed("input_shape")?.arrayValue?.compactMap(\.integerValue) ?? inputShape
    guard shape.allSatisfy({ 0 < $0 && $0 <= inputs }), shape.count <= 8,
      shape.reduce(1.0, { $0 * Double($1) }) == Double(inputs)
    else { throw wrong("input_shape") }
    var scaling = InputScaling.none
    if let json = try parsed("input_scaling") {
      let offset = json["offset"]?.arrayValue?.compactMap(\.doubleValue) ?? []
      let divisor = json["divisor"]?.arrayValue?.compactMap(\.doubleValue) ?? []
      guard offset.count == divisor.count, [1, inputs].contains(offset.count), !divisor.contains(0) else {
        throw wrong("input_scaling")
      }
      guard json["missing"].map({ $0.stringValue == "mean" }) ?? true else { throw wrong("input_scaling") }
      scaling = InputScaling(offset: offset, divisor: divisor, fillsMissing: json["missing"] != nil)
    }
    let columns = try parsed("column_names")
    let columnNames = columns.flatMap(ColumnNames.init)
    guard columns == nil || columnNames?.inputs.count == inputs else { throw wrong("column_names") }
    self.init(
      classNames: names, inputShape: shape, scaling: scaling, columnNames: columnNames,
      settings: try parsed("settings") ?? .object([]))
  }
}
