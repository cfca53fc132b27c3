import FunctionalNet

/// A trained two-layer network with all that is needed to use it again.
public struct Model<Scalar: Real>: Equatable, Sendable {
  public let params: Params<Scalar>
  public let description: ModelDescription

  public init(params: Params<Scalar>, description: ModelDescription) {
    (self.params, self.description) = (params, description)
  }

  /// The probabilities of all classes, `[samples, classes]`, for inputs as a file has them.
  public func probabilities(_ inputs: Dataset.Inputs) -> Tensor<Scalar> {
    FunctionalNet.probabilities(params: params, x: description.scaling.applied(to: inputs, size: params.w1.shape[0]))
  }
}

/// What a model file says of itself beside its parameters.
public struct ModelDescription: Equatable, Sendable {
  /// The name of each class.
  public let classNames: [String]

  /// The shape of one sample, such as `[28, 28]`.
  public let inputShape: [Int]

  /// What is done to inputs first.
  public let scaling: InputScaling

  /// What made the model: flags and their values, in the order in which they were given.
  public let settings: JSON

  public init(classNames: [String], inputShape: [Int], scaling: InputScaling, settings: JSON = .object([])) {
    (self.classNames, self.inputShape, self.scaling, self.settings) = (classNames, inputShape, scaling, settings)
  }
}

// MARK: Files

extension Model {
  /// Writes the model as safetensors, with its description in the metadata.
  public func save(_ path: String) throws(FileError) {
    let hidden = params.b1.count
    let metadata: KeyValuePairs = [
      "format": "functional-net", "format_version": "1",
      "network": "linear(\(hidden)) relu linear(\(params.b2.count))",
      "class_names": JSON.array(description.classNames.map { .string($0) }).description,
      "input_shape": JSON.array(description.inputShape.map { .integer($0) }).description,
      "input_scaling": JSON.members([
        "offset": .array(description.scaling.offset.map { .number($0) }),
        "divisor": .array(description.scaling.divisor.map { .number($0) }),
      ]).description,
      "settings": description.settings.description,
    ]
    try writeFile(path, Safetensors.bytes(of: params, metadata: metadata))
  }

  /// The model of a file: one that `save` wrote, or any safetensors file of a two-layer network under PyTorch's names.
  ///
  /// A file without a description gets classes 0, 1, 2… and inputs left as they are.
  public init(_ file: Safetensors) throws(FileError) {
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
      guard Scalar.sum((tensor * Tensor.zeros([])).elements) == 0 else {
        throw FileError(name, .tensor(key), "holds infinities or what is not a number")
      }
      return tensor
    }
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
    params = Params(w1: w1, b1: b1, w2: w2, b2: b2)
    description = try ModelDescription(file.metadata, inputs: w1.shape[0], classes: b2.count, file: name)
  }

  public init(contentsOf path: String) throws(FileError) {
    try self.init(Safetensors(try readFile(path), file: path))
  }
}

extension ModelDescription {
  fileprivate init(_ metadata: [String: String], inputs: Int, classes: Int, file: String) throws(FileError) {
    func wrong(_ key: String) -> FileError {
      FileError(
        file, nil,
        "metadata '\(key)' does not fit a network of \(inputs) inputs and \(classes) classes: \(metadata[key] ?? "")")
    }
    func parsed(_ key: String) throws(FileError) -> JSON? {
      guard let text = metadata[key] else { return nil }
      do throws(JSON.ParseError) { return try JSON(parsing: text.utf8) } catch { throw wrong(key) }
    }
    if let version = metadata["format_version"], metadata["format"] == "functional-net", version != "1" {
      throw FileError(file, nil, "format version \(version) is newer than this program, which reads version 1")
    }
    let names = try parsed("class_names")?.arrayValue?.compactMap(\.stringValue) ?? (0..<classes).map(String.init)
    guard names.count == classes, Set(names).count == classes else { throw wrong("class_names") }
    let shape = try parsed("input_shape")?.arrayValue?.compactMap(\.integerValue) ?? [inputs]
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
      scaling = InputScaling(offset: offset, divisor: divisor)
    }
    self.init(
      classNames: names, inputShape: shape, scaling: scaling, settings: try parsed("settings") ?? .object([]))
  }
}
