import FunctionalNet
import FunctionalNetIO

// What the flags say of the data that a command works on.

extension Arguments {
  /// The data set of a name or path, read as the flags say.
  func datasetParts(_ name: String) throws -> DatasetParts {
    try checkDataFlags(name)
    return try DatasetParts(name, table: tableOptions(), keys: arrayKeys(remembered: nil))
  }

  /// The data set to measure a network on, read like the data that the network was trained on unless flags say otherwise. Its
  /// columns are matched to those of the network by their names, where these are known.
  func datasetParts(_ name: String, for description: ModelDescription) throws -> DatasetParts {
    try checkDataFlags(name)
    let settings = description.settings
    var options = try tableOptions(remembered: settings)
    let names = description.columnNames
    options.columnNames = isGiven("label_column") ? names.map { ColumnNames(inputs: $0.inputs, label: nil) } : names
    return try DatasetParts(name, table: options, keys: arrayKeys(remembered: settings))
  }

  /// - Throws: `UsageError` where a flag is for another kind of data.
  private func checkDataFlags(_ name: String) throws(UsageError) {
    let format = ArrayFormat(path: name)
    let isFixed = DatasetParts.builtIn.contains(name) || isFolder(name)
    // Settings of earlier versions have the last column for all data.
    let isUsual = ["last", "auto"].contains(text("label_column"))
    if isGiven("label_column"), !isUsual, isFixed || format?.hasNames ?? false {
      throw UsageError("argument --label_column: only .csv, .tsv and .npy files have a column to choose, not \(name)")
    }
    let ofTables = [("missing", "missing values"), ("header", "a header"), ("separator", "a separator")]
    for (flag, what) in ofTables where isGiven(flag) && (isFixed || format != nil) {
      throw UsageError("argument --\(flag): only .csv and .tsv files have \(what), not \(name)")
    }
    if isGiven("keys"), !(format?.hasNames ?? false) {
      throw UsageError("argument --keys: only .npz, .h5 and .hdf5 files have arrays with names, not \(name)")
    }
  }

  /// How a table is to be read: as the flags say, or, where they say nothing, as the settings of the training do.
  func tableOptions(remembered: JSON? = nil) throws(UsageError) -> TableOptions {
    func value(_ flag: String) -> String? { isGiven(flag) ? text(flag) : remembered?[flag]?.stringValue }
    var options = TableOptions(labelColumn: value("label_column").flatMap(LabelColumn.init))
    options.missing = MissingValues(rawValue: value("missing") ?? "") ?? .error
    options.hasHeader = ["yes": true, "no": false][value("header") ?? "auto"]
    if let text = value("separator"), text != "auto" {
      guard let separator = Separator(text) else {
        throw UsageError(
          "argument --separator: '\(text)' is none of comma, semicolon, tab, pipe, nor another single character that can stand "
            + "between columns")
      }
      options.separator = separator
    }
    return options
  }

  /// What is to become of missing values; nil where it was not said.
  var missing: String? { isGiven("missing") ? text("missing") : nil }

  /// The names of arrays that hold a data set, or, for `predict`, its inputs.
  func arrayKeys(remembered: JSON?) throws(UsageError) -> ArrayKeys? {
    guard isGiven("keys"), let text = text("keys") else {
      return remembered?["keys"]?.stringValue.flatMap { ArrayKeys($0) }
    }
    guard let keys = ArrayKeys(text), keys.y != nil || syntax.name == "predict" else {
      throw UsageError(
        "argument --keys: '\(text)' is not two or four names with commas between them, such as x_train,y_train or "
          + "x_train,y_train,x_test,y_test")
    }
    return keys
  }

  /// Writes notes about how data was read to standard error; with `--quiet` only the warnings.
  func say(_ notes: some Sequence<DataNote>, of source: String) {
    for note in notes where note.isWarning || !isGiven("quiet") {
      Stream.error.line("\(note.isWarning ? "functional-net: warning" : "note"): \(source): \(note.text)")
    }
  }

  /// Writes the notes about how a data set was read, and how many records had missing values.
  func sayNotes(of data: Dataset) {
    say(data.notes, of: data.name)
    guard data.incomplete > 0, !isGiven("quiet") else { return }
    let records = data.incomplete == 1 ? "1 record" : "\(grouped(data.incomplete)) records"
    Stream.error.line(
      data.missing == .drop
        ? "note: \(data.name): \(records) with missing values left out"
        : "note: \(data.name): missing values in \(records) filled with the mean of the column")
  }
}

/// - Throws: `Failure` where the data that a file remembers is no longer there.
func checkIsThere(_ dataset: String, remembered: Bool, by file: String) throws(Failure) {
  guard remembered, !DatasetParts.builtIn.contains(dataset), !fileExists(dataset) else { return }
  throw .file(
    "\(dataset): this is where \(file) has its data from, and nothing is there; --dataset says where it is now")
}

/// - Throws: `Failure` where the data has nothing to tell apart.
func checkClasses(_ data: Dataset) throws(Failure) {
  let first = data.labels.indices.first
  guard data.labels.indices.contains(where: { $0 != first }) else {
    let name = first.map { data.classNames[$0] } ?? ""
    throw .file("\(data.name): all samples are of class '\(name)'; there must be two classes or more")
  }
}

/// - Throws: `Failure` where a column of the training part has no mean to fill it with.
func checkColumns(_ training: Dataset) throws(Failure) {
  guard training.missing == .mean, let column = training.emptyColumn else { return }
  throw .file("\(training.name): every value of input \(column + 1) is missing in the training part; leave it out")
}
