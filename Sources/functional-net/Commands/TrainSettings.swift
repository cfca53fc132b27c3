import FunctionalNet
import FunctionalNetIO

/// What a training run is told by its flags.
struct TrainSettings {
  private let arguments: Arguments
  let dataset: String
  let network: NetworkSettings
  let learning: LearningSettings
  let epochs: Int
  let batchSize: Int
  let seed: UInt64
  let precision: String
  let testFraction: Double
  let labelColumn: String

  /// The names of the arrays in a file of several; nil where they are to be guessed.
  let keys: String?

  /// What becomes of missing values, whether there is a header, and what separates columns; nil where nothing was said.
  let missing: String?
  let header: String?
  let separator: String?

  /// The training samples to use; nil for all.
  let samples: Int?

  /// The epochs to wait for a better one; nil where training goes on to its end.
  let patience: Int?

  /// Whether the data is a table, one of whose columns holds the classes.
  var hasLabelColumn: Bool {
    !DatasetParts.builtIn.contains(dataset) && !isFolder(dataset) && !(ArrayFormat(path: dataset)?.hasNames ?? false)
  }

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    dataset = arguments.text("dataset")!
    network = try NetworkSettings(arguments)
    learning = try LearningSettings(arguments)
    epochs = try arguments.integer("epochs", in: 1...Int.max)!
    batchSize = try arguments.integer("batch_size", in: 1...Int.max)!
    seed = try arguments.seed()
    precision = arguments.text("precision")!
    testFraction = try arguments.number("test_fraction", "0 or more and less than 1") { 0 <= $0 && $0 < 1 }!
    labelColumn = arguments.text("label_column")!
    keys = arguments.text("keys")
    missing = arguments.missing
    header = arguments.isGiven("header") ? arguments.text("header") : nil
    separator = arguments.isGiven("separator") ? arguments.text("separator") : nil
    _ = try arguments.tableOptions()
    samples = try arguments.integer("samples", in: 1...Int.max)
    patience = try arguments.integer("patience", in: 1...Int.max)
  }

  /// The settings of the run that a checkpoint is of, with what `resume` may change.
  init(checkpoint file: Safetensors, overriddenBy arguments: Arguments) throws {
    guard let json = file.metadata["settings"].flatMap({ try? JSON(parsing: $0.utf8) }) else {
      throw Failure.file("\(file.file): there are no proper 'settings' in the metadata")
    }
    let changed = ["dataset", "epochs"].flatMap { name in
      arguments.isGiven(name) ? ["--\(name)", arguments.text(name) ?? ""] : []
    }
    do throws(UsageError) { try self.init(Arguments(Self.words(json) + changed, syntax: trainSyntax)) } catch {
      throw Failure.file("\(file.file): the settings of this run: \(error.message)")
    }
  }

  /// The data to train and test on.
  func datasetParts() throws -> DatasetParts { try arguments.datasetParts(dataset) }

  /// The settings as the model file and the start of the log have them.
  var json: JSON {
    let initializer = Initializer.named.first { $0.value == network.initializer }?.key ?? ""
    var members: KeyValuePairs<String, JSON> {
      [
        "dataset": .string(dataset), "network": .string(network.name), "optimizer": .string(learning.optimizer),
        "lr": .number(learning.lr), "momentum": .number(learning.momentum), "loss": .string(learning.loss),
        "schedule": .string(learning.schedule.text), "weight_decay": .number(learning.weightDecay),
        "hidden_neurons": .integer(network.hiddenNeurons), "dropout": .number(network.dropout),
        "epochs": .integer(epochs), "batch_size": .integer(batchSize), "seed": .integer(Int(seed)),
        "initializer": .string(initializer), "precision": .string(precision),
        "test_fraction": .number(testFraction), "label_column": .string(labelColumn),
        "samples": samples.map { .integer($0) } ?? .null, "patience": patience.map { .integer($0) } ?? .null,
      ]
    }
    let texts = [("keys", keys), ("missing", missing), ("header", header), ("separator", separator)]
    let ofTheData = texts.compactMap { name, text in text.map { JSON.Member(name: name, value: .string($0)) } }
    return .object(members.map { .init(name: $0.key, value: $0.value) } + ofTheData)
  }

  /// The words of a command line that gives some settings; what is as usual is left out.
  private static func words(_ json: JSON) -> [String] {
    trainSyntax.flags.flatMap { flag -> [String] in
      let text: String? =
        switch json[flag.name] {
        case .string(let text): text
        case .some(.null), nil: nil
        case .some(let number): number.description
        }
      return text.map { $0 == flag.standard ? [] : ["--\(flag.name)", $0] } ?? []
    }
  }

  /// What a model file or a checkpoint says of what made it.
  func origin(fingerprint: String) -> JSON {
    guard case .object(let members) = json else { return json }
    let command = (["functional-net", "train"] + Self.words(json)).map(shellQuoted).joined(separator: " ")
    return .object(
      members + [
        JSON.Member(name: "command", value: .string(command)), JSON.Member(name: "version", value: .string(version)),
        JSON.Member(name: "dataset_fingerprint", value: .string(fingerprint)),
      ])
  }
}
