import FunctionalNet

// What a file of tensors says of the network that they are of.

extension Model {
  /// The description as texts under names, in the order in which files have them.
  public var metadata: [(name: String, value: String)] {
    let columnNames = description.columnNames.map { [("column_names", $0.json.description)] } ?? []
    return [
      ("format", "functional-net"), ("format_version", formatVersion), ("network", network.notation),
      ("class_names", JSON.array(description.classNames.map { .string($0) }).description),
      ("input_shape", JSON.array(description.inputShape.map { .integer($0) }).description),
      ("input_scaling", description.scaling.json.description), ("settings", description.settings.description),
    ] + columnNames
  }
}

extension Model {
  /// The earliest version of the format that has all of this model: 1 is for two-layer networks, 2 for any; 3 has missing values
  /// that are filled, which earlier programs would take for numbers; 4 has the names of columns, which earlier programs would take
  /// by their positions.
  private var formatVersion: String {
    if description.columnNames != nil { return "4" }
    return description.scaling.fillsMissing ? "3" : network.isTwoLayer ? "1" : "2"
  }
}

extension ColumnNames {
  /// As a model file has them.
  var json: JSON {
    .members(["inputs": .array(inputs.map { .string($0) }), "label": label.map { .string($0) } ?? .null])
  }

  /// nil where that is not what a JSON text has.
  init?(_ json: JSON) {
    guard let values = json["inputs"]?.arrayValue else { return nil }
    let names = values.compactMap(\.stringValue)
    guard names.count == values.count else { return nil }
    self.init(inputs: names, label: json["label"]?.stringValue)
  }
}

extension Safetensors {
  /// The network that the file says it is of.
  public var notation: String? { metadata["format"] == "functional-net" ? metadata["network"] : nil }

  /// The shape of a sample that the file says its network takes.
  public var inputShape: [Int]? {
    (try? metadata["input_shape"].map { try JSON(parsing: $0.utf8) })?.arrayValue?.compactMap(\.integerValue)
  }
}

extension Sequential {
  /// The two-layer network whose tensors a file has that does not say what network it is of.
  ///
  /// - Throws: `FileError` where there are no weights of such a network.
  static func twoLayer(in file: Safetensors) throws(FileError) -> Sequential {
    try file.checkTypes()
    func outputs(_ name: String) throws(FileError) -> Int {
      guard let entry = file.entries.first(where: { $0.name == name }) else {
        throw FileError(
          file.file, nil,
          "there is no tensor '\(name)'; a two-layer network has 0.weight, 0.bias, 2.weight and 2.bias")
      }
      guard entry.shape.count == 2, !entry.shape.contains(0) else {
        throw FileError(
          file.file, .tensor(name), "\(entry.shape.count) dimensions or no elements; expected [outputs, inputs]")
      }
      return entry.shape[0]
    }
    return twoLayer(hidden: try outputs("0.weight"), classes: try outputs("2.weight"))
  }

  /// The shape of a sample where the network begins with a linear layer: its weight in the file has it.
  func vectorShape(in file: Safetensors) -> [Int]? {
    guard layers.first is Linear<Scalar>, let weight = file.entries.first(where: { $0.name == "0.weight" }),
      weight.shape.count == 2
    else { return nil }
    return [weight.shape[1]]
  }
}
