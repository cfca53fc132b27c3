/// How the records of a table become numbers, and what is said of those that do not.
struct TableRecords {
  let columns: Int

  /// The column of the classes; nil where there is none.
  let label: Int?

  /// The names of the columns, where the table has them.
  let names: [String]?

  /// What becomes of missing values, and what an error about one adds.
  let missing: MissingValues
  let missingAdvice: String

  /// What an error about something that is no number adds.
  let numberAdvice: String

  /// The largest number to take.
  let largest: Double

  /// Whether the classes are read, or the column that holds them is left out.
  let readsLabels: Bool

  /// What was read: its numbers are in memory of the caller's.
  struct Result {
    /// Records that were read, and those of which values were missing: with `drop` these are not among them.
    var count = 0
    var incomplete = 0
    var words = ClassWords()
  }

  /// The number of inputs of a record.
  var inputs: Int { columns - (label == nil ? 0 : 1) }

  /// Reads records until there are `most` of them, or the text ends, or `goesOn` says that it is enough.
  ///
  /// - Parameter numbers: where their numbers go; there must be room for `most` records.
  func read(
    _ text: inout DelimitedText, atMost most: Int, into numbers: UnsafeMutablePointer<Double>, result: inout Result,
    while goesOn: (DelimitedText) -> Bool = { _ in true }
  ) throws(FileError) {
    var fields: [DelimitedText.Field] = []
    while result.count < most && (result.count == 0 || goesOn(text)) {
      let place = numbers + result.count * inputs
      result.count += text.plainRecords(
        columns: columns, label: label, atMost: most - result.count, into: place
      ) { word, line in
        if readsLabels { result.words.append(word, line: line) }
      }
      guard result.count < most && (result.count == 0 || goesOn(text)) else { return }
      guard try text.next(&fields) else { return }
      if try record(fields, text, into: numbers + result.count * inputs, &result) { result.count += 1 }
    }
  }

  /// Reads one record.
  ///
  /// - Returns: whether it is kept.
  private func record(
    _ fields: [DelimitedText.Field], _ text: DelimitedText, into numbers: UnsafeMutablePointer<Double>,
    _ result: inout Result
  ) throws(FileError) -> Bool {
    guard fields.count == columns else {
      throw FileError(
        text.file, .line(text.line), "expected \(columns) columns as in the first line, found \(fields.count)")
    }
    var place = numbers
    var isComplete = true
    for column in fields.indices where column != label {
      let field = fields[column]
      if let number = text.number(field) {
        guard abs(number) <= largest else { throw wrong(field, column, text, "is too large") }
        place[0] = number
      } else if text.isMissing(field) {
        if missing == .error { throw wrong(field, column, text, "is a missing value; \(missingAdvice)") }
        place[0] = .nan
        isComplete = false
      } else {
        throw wrong(field, column, text, "is not a finite number\(numberAdvice)")
      }
      place += 1
    }
    if !isComplete && missing == .drop {
      result.incomplete += 1
      return false
    }
    if let label, readsLabels {
      let field = fields[label]
      if text.isMissingClass(field) {
        if missing == .drop {
          result.incomplete += 1
          return false
        }
        throw FileError(
          text.file, .line(text.line),
          "the class is missing in column \(label + 1), which holds the classes (--label_column names another; "
            + "--missing drop leaves such records out)")
      }
      result.words.append(text.text(field), line: text.line)
    }
    if !isComplete { result.incomplete += 1 }
    return true
  }

  private func wrong(
    _ field: DelimitedText.Field, _ column: Int, _ text: DelimitedText, _ message: String
  ) -> FileError {
    let name = names.map { " ('\($0[column])')" } ?? ""
    return FileError(
      text.file, .line(text.line), "column \(column + 1)\(name): '\(text.text(field))' \(message)")
  }
}
