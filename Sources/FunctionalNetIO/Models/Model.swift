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
  ///
  /// - Throws: `FileError` where the file cannot be written, or the description does not fit the network.
  public func save(_ path: String) throws(FileError) {
    if let misfit { throw FileError(path, nil, "is not written: \(misfit)") }
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
    let network: Sequential<Scalar>
    if let notation = file.notation ?? notation {
      do throws(NotationError) { network = try Sequential(notation: notation) } catch {
        throw FileError(file.file, nil, "the network '\(notation)' cannot be understood: \(error)")
      }
    } else {
      network = try .twoLayer(in: file)
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
    let vector = network.vectorShape(in: file)
    guard let shape = file.inputShape ?? inputShape ?? vector else {
      throw FileError(name, nil, "there is no proper input_shape for the network '\(notation)'")
    }
    let isProper = 1...8 ~= shape.count && shape.allSatisfy { 0 < $0 && $0 < 1 << 30 }
    if let vector, !isProper || shape.reduce(1.0, { $0 * Double($1) }) != Double(vector[0]) {
      throw FileError(name, nil, "the network takes \(quantity(vector[0], "input")), not samples of shape \(shape)")
    }
    guard isProper else {
      throw FileError(name, nil, "there is no proper input_shape for the network '\(notation)', but \(shape)")
    }
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
    // Few are made anyway, for a message that names the tensor that is missing or has another shape.
    guard parameters <= max(1 << 12, file.data.count / MemoryLayout<Float>.stride) else {
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
        file.metadata, inputs: shape.reduce(1, *), classes: classCount(outputs: outputs[0]), inputShape: shape,
        file: name))
  }

  public init(contentsOf path: String) throws(FileError) {
    try self.init(Safetensors(try readFile(path), file: path))
  }

  /// The model of a file for a network that is known.
  public init(
    contentsOf path: String, network: Sequential<Scalar>, inputShape: [Int]? = nil
  ) throws(FileError) {
    try self.init(Safetensors(try readFile(path), file: path), network: network, inputShape: inputShape)
  }
}

/// - Throws: `FileError` that names the first tensor with infinities or what is not a number.
func requireFinite<S>(_ tensors: [String: Tensor<S>], file: String) throws(FileError) {
  if let name = tensors.filter({ !$0.value.isFinite }).keys.min() {
    throw FileError(file, .tensor(name), "holds infinities or what is not a number")
  }
}

extension Model {
  /// What of the description does not fit the network, so that nothing could read a file of it; nil where all does.
  var misfit: String? {
    let (inputs, outputs): ([Int], [Int])
    do throws(ShapeError) {
      inputs = try network.sampleShape(for: description.inputShape)
      outputs = try network.outputShape(for: inputs)
    } catch {
      return "the network '\(network.notation)' does not take samples of shape \(description.inputShape): \(error)"
    }
    guard outputs.count == 1 else {
      return "the network '\(network.notation)' makes \(outputs) of a sample, not a vector"
    }
    let (names, classes) = (description.classNames, classCount(outputs: outputs[0]))
    guard names.isEmpty || (names.count == classes && Set(names).count == classes) else {
      return "a network of \(classes) classes takes as many different class names, or none, not \(listed(names))"
    }
    let (size, count) = (inputs.reduce(1, *), description.scaling.offset.count)
    if ![1, size].contains(count) { return "a scaling of \(count) inputs for a network of \(size)" }
    let columns = description.columnNames?.inputs.count ?? size
    return columns == size ? nil : "the names of \(columns) columns for a network of \(size) inputs"
  }
}

/// The classes of a network: one for each output, or two where a single output is the score of the second one.
private func classCount(outputs: Int) -> Int { max(2, outputs) }

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
