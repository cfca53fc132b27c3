// Whether the first record of a table names its columns.

/// The first record of a text, as fields and as texts.
struct FirstRecord {
  let fields: [DelimitedText.Field]
  let texts: [String]
  let line: Int

  /// The names that a comment right before it gives the columns.
  let commented: [String]?

  var count: Int { texts.count }

  /// The fields as texts, without that of one column.
  func fields(but column: Int?) -> [String] { texts.enumerated().filter { $0.offset != column }.map(\.element) }
}

extension DelimitedText {
  /// Reads the first record.
  ///
  /// - Throws: `FileError` where there is none.
  mutating func firstRecord() throws(FileError) -> FirstRecord {
    var fields: [Field] = []
    guard try next(&fields) else { throw FileError(file, nil, "there is no data in this file") }
    let texts = fields.map(text)
    guard texts.allSatisfy(isStreamSafe) else { throw FileError(file, .line(line), notStreamSafe) }
    return FirstRecord(
      fields: fields, texts: texts, line: line, commented: commentedNames(count: fields.count))
  }

  /// Whether the first record of a table to classify names the columns: where the options say so, where it has all names that
  /// are expected, or where it has no number outside the column of classes.
  ///
  /// - Throws: `FileError` where its fields may be names that are not expected: the numbers of three columns or more, counted
  ///   from 0 in any order.
  func hasHeader(_ first: FirstRecord, label: Int?, _ options: TableOptions) throws(FileError) -> Bool {
    if let certain = isCertainly(first, label: label, options) { return certain }
    let fields = first.fields(but: label)
    if fields.count >= 3, Set(fields) == Set(fields.indices.map(String.init)) { throw doubtful(first) }
    return false
  }

  /// What is certain from the first record alone; nil where it has numbers that may be names.
  private func isCertainly(_ first: FirstRecord, label: Int?, _ options: TableOptions) -> Bool? {
    if let hasHeader = options.hasHeader { return hasHeader }
    if let known = options.columnNames, first.texts.hasAll(known.inputs) { return true }
    return isHeader(first.fields, without: label) ? true : nil
  }

  private func doubtful(_ first: FirstRecord) -> FileError {
    FileError(
      file, .line(first.line), "this line may name the columns or be a record: --header yes or --header no says which")
  }

  /// Whether the first record of a table with classes names the columns. It does where the options say so, where it has all names
  /// that are expected, and where it has no number outside the column of classes; where it has a word above a number in that
  /// column; where it counts the columns from 0, four or more; and where its other fields are whole numbers, all of them
  /// different, and its class is that of no other record, while every other class is that of several.
  ///
  /// - Returns: whether it does, and what a person should know of the decision.
  /// - Throws: `FileError` where it may name the columns or be a record like others: where it counts fewer columns, or those
  ///   without that of the classes, and where the numbers of the last rule are not whole.
  func hasHeader(
    ofLabelled first: FirstRecord, label: Int, _ options: TableOptions
  ) throws(FileError) -> (Bool, [DataNote]) {
    if let certain = isCertainly(first, label: label, options) { return (certain, []) }
    var (rest, fields) = (self, [Field]())
    guard try rest.next(&fields) else { return (false, []) }
    if number(first.fields[label]) == nil, fields.indices.contains(label), rest.number(fields[label]) != nil {
      return (true, [])
    }
    let taken = "line \(first.line) is taken for a header"
    let advice = "(--header no takes it for a record)"
    if first.texts.count(from: 0) {
      if first.count < 4 { throw doubtful(first) }
      return (true, [DataNote("\(taken), since it counts the columns \(advice)")])
    }
    let others = first.fields(but: label)
    guard Set(others).count == others.count, others.allSatisfy({ decimalNumber($0) != nil }) else { return (false, []) }
    let isCounting = others.count(from: 0) || others.count(from: 1)
    guard let counts = try rest.countClasses(from: fields, label: label, but: first.texts[label]) else {
      return (false, [])
    }
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 1 }) else {
      if isCounting, others.count >= 3 { throw doubtful(first) }
      return (false, [])
    }
    guard others.allSatisfy(\.isWhole) else { throw doubtful(first) }
    let note = DataNote("\(taken), since its class, '\(first.texts[label])', occurs in no other line \(advice)")
    return (true, isCounting ? [] : [note])
  }

  /// How often each class occurs from a record on that was just read; nil where one of them is `class`.
  private mutating func countClasses(
    from record: [Field], label: Int, but class: String
  ) throws(FileError) -> [Int]? {
    let own = plainNumber(`class`)
    var (fields, counts) = (record, [String: Int]())
    repeat {
      guard fields.indices.contains(label), !isMissingClass(fields[label]) else { continue }
      let name = plainNumber(text(fields[label]))
      guard isStreamSafe(name) else { throw FileError(file, .line(line), notStreamSafe) }
      if name == own { return nil }
      counts[name, default: 0] += 1
    } while try next(&fields)
    return Array(counts.values)
  }
}

extension String {
  /// Whether this is a whole number without a sign.
  fileprivate var isWhole: Bool { !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) } }

  /// The name of a column as it is compared with others: a number as its value.
  var comparableName: String { decimalNumber(self).map { "\($0)" } ?? self }
}

extension [String] {
  /// Whether these are whole numbers, each one more than the one before, from `start` on.
  fileprivate func count(from start: Int) -> Bool {
    enumerated().allSatisfy { $0.element == String($0.offset + start) }
  }

  /// Whether these names are among them.
  func hasAll(_ names: [String]) -> Bool {
    Set(names.map(\.comparableName)).isSubset(of: map(\.comparableName))
  }
}

extension LabelColumn {
  /// The column's index from 0, as long as it is open whether the first record is a header.
  func index(in first: FirstRecord, hasHeader: Bool?, file: String) throws(FileError) -> Int {
    let names = hasHeader == false ? [] : first.texts
    switch self {
    case .last: return first.count - 1
    case .named(let name):
      if let index = names.firstIndex(of: name) ?? first.commented?.firstIndex(of: name) { return index }
      throw FileError(
        file, .line(first.line),
        hasHeader == false
          ? "without a header no column is named '\(name)'; --label_column takes a number from 1 to \(first.count)"
          : "no column is named '\(name)'; the first line has \(listed(first.texts))")
    case .position(let number):
      if (1...first.count).contains(number) { return number - 1 }
      if let index = names.firstIndex(of: String(number)) { return index }
      throw FileError(
        file, .line(first.line), "there is no column \(number); the columns are 1 to \(first.count)")
    }
  }

  /// The column's index from 0 where the first record is a header: a number that is a name among its names is that column, of
  /// which a note is taken where it has another position.
  func index(in header: [String], otherwise index: Int, _ notes: inout [DataNote]) -> Int {
    guard case .position(let number) = self, let named = header.firstIndex(of: String(number)), named != index else {
      return index
    }
    notes.append(DataNote("--label_column \(number) is the column named '\(number)', column \(named + 1) of the file"))
    return named
  }
}
