// Whether the first record of a table names its columns.

/// The first record of a text, as fields and as texts.
struct FirstRecord {
  let fields: [DelimitedText.Field]
  let texts: [String]
  let line: Int

  /// The names that a comment right before it gives the columns.
  let commented: [String]?

  var count: Int { texts.count }

  /// Whether these are the numbers of four columns or more, as pandas counts them where they have no names.
  var countsColumns: Bool { count >= 4 && texts.count(from: 0) }
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
  /// - Throws: `FileError` where it counts the columns from 0, as pandas does without names, and no names are expected.
  func hasHeader(_ first: FirstRecord, label: Int?, _ options: TableOptions) throws(FileError) -> Bool {
    if let certain = isCertainly(first, label: label, options) { return certain }
    if options.columnNames == nil, first.countsColumns { throw doubtful(first) }
    return false
  }

  /// What is certain from the first record alone; nil where it has numbers that may be names.
  private func isCertainly(_ first: FirstRecord, label: Int?, _ options: TableOptions) -> Bool? {
    if let hasHeader = options.hasHeader { return hasHeader }
    if let known = options.columnNames, first.texts.contains(all: known.inputs) { return true }
    return isHeader(first.fields, without: label) ? true : nil
  }

  private func doubtful(_ first: FirstRecord) -> FileError {
    FileError(
      file, .line(first.line), "this line may name the columns or be a record: --header yes or --header no says which")
  }

  /// Whether the first record of a table with classes names the columns. It does where that of a table to classify would; where
  /// it has a word above a number in the column of classes; where it counts the columns from 0, four or more; and where its other
  /// fields are whole numbers, all of them different, and its class is that of no other record, while every other class is that
  /// of several.
  ///
  /// - Returns: whether it does, and what a person should know of the decision.
  /// - Throws: `FileError` where it counts the columns but for that of the classes, and may as well be a record like others.
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
    if first.countsColumns { return (true, [DataNote("\(taken), since it counts the columns \(advice)")]) }
    let others = first.texts.enumerated().filter { $0.offset != label }.map(\.element)
    let areWhole = others.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard areWhole, Set(others).count == others.count else { return (false, []) }
    let own = plainNumber(first.texts[label])
    var counts: [String: Int] = [:]
    repeat {
      guard fields.indices.contains(label), !rest.isMissingClass(fields[label]) else { continue }
      let name = plainNumber(rest.text(fields[label]))
      if name == own { return (false, []) }
      counts[name, default: 0] += 1
    } while try rest.next(&fields)
    let isCounting = others.count(from: 0) || others.count(from: 1)
    if !counts.isEmpty, counts.values.allSatisfy({ $0 > 1 }) {
      let note = DataNote("\(taken), since its class, '\(first.texts[label])', occurs in no other line \(advice)")
      return (true, isCounting ? [] : [note])
    }
    if isCounting, others.count >= 3 { throw doubtful(first) }
    return (false, [])
  }
}

extension [String] {
  /// Whether these are whole numbers, each one more than the one before, from `start` on.
  fileprivate func count(from start: Int) -> Bool {
    enumerated().allSatisfy { $0.element == String($0.offset + start) }
  }

  /// Whether these names are among them, each as often.
  fileprivate func contains(all names: [String]) -> Bool {
    var counts = Dictionary(grouping: self) { $0 }.mapValues(\.count)
    return names.allSatisfy { name in
      counts[name, default: 0] -= 1
      return counts[name]! >= 0
    }
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

  /// The column's index from 0 where the first record is a header: a number that is a name among its names is that column.
  func index(in header: [String], otherwise index: Int) -> Int {
    if case .position(let number) = self, let named = header.firstIndex(of: String(number)) { return named }
    return index
  }
}
