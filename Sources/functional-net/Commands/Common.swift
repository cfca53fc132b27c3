import FunctionalNet
import FunctionalNetIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// What several commands do in the same way.

extension Arguments {
  /// Sets the number of threads, and returns it.
  func useThreads() throws(UsageError) -> Int {
    Threads.count = try integer("threads", in: 1...256) ?? processorCount()
    return Threads.count
  }

  /// The seed that was given, or a drawn one.
  func seed() throws(UsageError) -> UInt64 {
    UInt64(try integer("seed", in: 0...Int.max) ?? Int.random(in: 0..<1 << 32))
  }

  /// The data set of a name or path, with the column of classes that was asked for and what becomes of missing values, or
  /// else what the `remembered` settings say of both.
  func datasetParts(_ name: String, remembered: JSON? = nil) throws -> DatasetParts {
    if isGiven("label_column"), DatasetParts.builtIn.contains(name) || isFolder(name) {
      throw UsageError("argument --label_column: only .csv and .tsv files have a column to choose, not \(name)")
    }
    if isGiven("missing"), DatasetParts.builtIn.contains(name) || isFolder(name) {
      throw UsageError("argument --missing: only .csv and .tsv files have missing values, not \(name)")
    }
    let missing = MissingValues(rawValue: missing ?? remembered?["missing"]?.stringValue ?? "") ?? .error
    let column = labelColumn(remembered: remembered?["label_column"]?.stringValue)
    let parts = try DatasetParts(name, labelColumn: column, missing: missing)
    noteMissing(in: parts.training)
    return parts
  }

  /// What is to become of missing values; nil where it was not said.
  var missing: String? { isGiven("missing") ? text("missing") : nil }

  /// Says how many records had missing values.
  private func noteMissing(in data: Dataset) {
    guard data.incomplete > 0, !isGiven("quiet") else { return }
    let records = data.incomplete == 1 ? "1 record" : "\(grouped(data.incomplete)) records"
    Stream.error.line(
      data.missing == .drop
        ? "note: \(data.name): \(records) with missing values left out"
        : "note: \(data.name): missing values in \(records) filled with the mean of the column")
  }

  func labelColumn(remembered: String?) -> LabelColumn {
    let column = isGiven("label_column") ? text("label_column") : remembered
    return column.map { $0 == "last" ? .last : LabelColumn($0) } ?? .last
  }

  var initializer: Initializer {
    Initializer.named.first { $0.key == text("initializer") }?.value ?? .xavier
  }
}

/// The independent random keys of a run, all from its seed.
struct RunKeys {
  let parameters: Key
  let split: Key
  let batches: Key
  let dice: Key
  let samples: Key

  init(seed: UInt64) {
    let root = Key(seed)
    (parameters, split, batches) = (root.child(0), root.child(1), root.child(2))
    (dice, samples) = (root.child(3), root.child(4))
  }
}

/// - Throws: `Failure` where the data has nothing to tell apart.
func checkClasses(_ data: Dataset) throws(Failure) {
  guard data.classNames.count > 1 else {
    throw .file(
      "\(data.name): all samples are of class '\(data.classNames.first ?? "")'; there must be two classes or more")
  }
}

/// - Throws: `Failure` where a column of the training part has no mean to fill it with.
func checkColumns(_ training: Dataset) throws(Failure) {
  guard training.missing == .mean, let column = training.emptyColumn else { return }
  throw .file("\(training.name): every value of input \(column + 1) is missing in the training part; leave it out")
}

/// - Throws: `Failure` where a file could not be written later, so that no work is lost.
func checkWritable(_ path: String) throws(Failure) {
  if isFolder(path) { throw .file("\(path): this is a folder, not a file") }
  let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  if !isFolder(folder) { throw .file("\(path): there is no folder \(folder)") }
  if access(folder, W_OK) != 0 { throw .file("\(path): the folder \(folder) cannot be written to") }
}

/// - Throws: `Failure` where samples are not of the size that the network takes.
func checkInputs(of data: Dataset, against description: ModelDescription) throws(Failure) {
  let expected = description.inputShape.reduce(1, *)
  guard data.sampleSize == expected else {
    throw .file("\(data.name): samples have \(data.sampleSize) inputs, but the network takes \(expected)")
  }
}

/// Says where a file from elsewhere leaves open what its network expects.
func noteMissingScaling(_ file: Safetensors, _ path: String) {
  if file.metadata["input_scaling"] == nil {
    Stream.error.line("note: \(path) does not say how inputs are scaled; they are left as they are")
  }
}

/// Whether two paths, or names of built-in data sets, lead to the same place.
func isSameFile(_ one: String, _ other: String) -> Bool {
  if one == other { return true }
  if DatasetParts.builtIn.contains(one) || DatasetParts.builtIn.contains(other) { return false }
  func resolved(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }
  guard let one = resolved(one), let other = resolved(other) else { return false }
  return one == other
}

/// Eight hexadecimal digits.
func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
