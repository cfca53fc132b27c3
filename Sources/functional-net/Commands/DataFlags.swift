import FunctionalNet
import FunctionalNetIO

// What the flags say of the data that a command works on.

extension Arguments {
  /// The data set of a name or path, read as the flags say, or else as the settings do that are remembered.
  func datasetParts(_ name: String, remembered: JSON? = nil) throws -> DatasetParts {
    let format = ArrayFormat(path: name)
    let hasNames = format?.hasNames ?? false
    let isFixed = DatasetParts.builtIn.contains(name) || isFolder(name)
    if isGiven("label_column"), isFixed || hasNames {
      throw UsageError("argument --label_column: only .csv, .tsv and .npy files have a column to choose, not \(name)")
    }
    if isGiven("missing"), isFixed || format != nil {
      throw UsageError("argument --missing: only .csv and .tsv files have missing values, not \(name)")
    }
    if isGiven("keys"), !hasNames {
      throw UsageError("argument --keys: only .npz, .h5 and .hdf5 files have arrays with names, not \(name)")
    }
    let missing = MissingValues(rawValue: missing ?? remembered?["missing"]?.stringValue ?? "") ?? .error
    return try DatasetParts(
      name, labelColumn: labelColumn(remembered: remembered), missing: missing,
      keys: arrayKeys(remembered: remembered))
  }

  func labelColumn(remembered: JSON?) -> LabelColumn {
    let column = isGiven("label_column") ? text("label_column") : remembered?["label_column"]?.stringValue
    return column.map { $0 == "last" ? .last : LabelColumn($0) } ?? .last
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

  /// Says how samples of an array were read as images, where they might have been read in another way.
  func noteLayout(_ layout: ImageLayout?, of data: String) {
    guard let layout, !layout.isCertain, !isGiven("quiet") else { return }
    Stream.error.line("note: \(data): \(layout)")
  }

  /// Says how many records had missing values.
  func noteMissing(in data: Dataset) {
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
