/// How the records of a table become numbers, and what is said of those that do not.
struct TableRecords {
  let roles: [ColumnRole]

  /// The number of inputs of a record.
  let inputs: Int

  /// The names of the columns, where the table has them, and whether a header has.
  let names: [String]?
  let hasHeader: Bool

  /// What becomes of missing values, and what an error about one adds.
  let missing: MissingValues
  let missingAdvice: String

  /// What an error about something that is no number adds.
  let numberAdvice: String

  /// The largest number to take: one whose square is a number.
  private let largest = 1e100

  init(_ layout: TableLayout, missing: MissingValues, missingAdvice: String, numberAdvice: String) {
    (roles, inputs, names, hasHeader) = (layout.roles, layout.inputs, layout.names, layout.hasHeader)
    (self.missing, self.missingAdvice, self.numberAdvice) = (missing, missingAdvice, numberAdvice)
  }

  /// What was read: its numbers are in memory of the caller's.
  struct Result {
    /// Records that were read, and those of which values were missing: with `drop` these are not among them.
    var count = 0
    var incomplete = 0
    var words = ClassWords()

    /// The comments in the text so far.
    var comments = 0
  }

  /// Reads records until there are `most` of them, or the text ends, or `goesOn` says that it is enough.
  ///
  /// - Parameter numbers: where their numbers go; there must be room for `most` records.
  func read(
    _ text: inout DelimitedText, atMost most: Int, into numbers: UnsafeMutablePointer<Double>, result: inout Result,
    while goesOn: (DelimitedText) -> Bool = { _ in true }
  ) throws(FileError) {
    defer { result.comments = text.commentCount }
    var fields: [DelimitedText.Field] = []
    while result.count < most && (result.count == 0 || goesOn(text)) {
      let place = numbers + result.count * inputs
      result.count += text.plainRecords(
        roles: roles, inputs: inputs, atMost: most - result.count, into: place
      ) { word, line in result.words.append(word, line: line) }
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
    guard fields.count == roles.count else {
      throw FileError(
        text.file, .line(text.line), "expected \(roles.count) columns as in the first line, found \(fields.count)")
    }
    var isComplete = true
    var label: DelimitedText.Field?
    for (column, field) in fields.enumerated() {
      guard case .input(let input) = roles[column] else {
        if roles[column] == .label { label = field }
        continue
      }
      if let number = text.number(field) {
        guard abs(number) <= largest else { throw wrong(field, column, text, "is too large") }
        numbers[input] = number
      } else if text.isMissing(field) {
        if missing == .error { throw wrong(field, column, text, "is a missing value; \(missingAdvice)") }
        numbers[input] = .nan
        isComplete = false
      } else {
        let isFirst = !hasHeader && text.isAtFirstRecord
        let advice =
          text.hasDecimalComma(field)
          ? "; write numbers with a decimal point"
          : isFirst ? "; if this line names the columns, say --header yes\(numberAdvice)" : numberAdvice
        throw wrong(field, column, text, "is not a finite number\(advice)")
      }
    }
    if !isComplete && missing == .drop {
      result.incomplete += 1
      return false
    }
    if let field = label {
      if text.isMissingClass(field) {
        if missing == .drop {
          result.incomplete += 1
          return false
        }
        throw FileError(
          text.file, .line(text.line),
          "the class is missing in column \((roles.firstIndex(of: .label) ?? 0) + 1), which holds the classes (--label_column names another; "
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
