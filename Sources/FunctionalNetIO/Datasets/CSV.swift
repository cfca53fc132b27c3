import FunctionalNet

/// Which column of a table holds the classes.
public enum LabelColumn: Equatable, Sendable {
  case last
  case named(String)

  /// Counted from 1.
  case position(Int)

  /// A name or a position, as a person writes it. A header's names come first: `position` is for tables without one.
  public init(_ text: String) {
    self = Int(text).map { .position($0) } ?? .named(text)
  }
}

/// Numbers in columns, with a class in one of them.
///
/// The first record is a header where it holds no number outside the column of classes, or a word in that column above a
/// number. A comment right before the first record, with as many fields, names the columns as well, as numpy.savetxt writes
/// it: it never decides what is data. Classes are numbers or words; in order of value where all are numbers, of the alphabet
/// otherwise.
extension Dataset {
  /// - Throws: `FileError` where the file is no such table, or where missing values are to be given the mean and `kind` is not
  ///   `.columns`.
  public init(
    csv contents: [UInt8], file: String, delimiter: UInt8? = nil, labelColumn: LabelColumn = .last,
    missing: MissingValues = .error, kind: Kind = .columns
  ) throws(FileError) {
    try self.init(
      csv: contents, file: file, delimiter: delimiter, labelColumn: labelColumn, missing: missing, kind: kind,
      parts: { min(Threads.count, $0 >> 16) })
  }

  /// - Parameter parts: in how many parts to read so many bytes, on as many threads. The result does not depend on it.
  init(
    csv contents: [UInt8], file: String, delimiter: UInt8? = nil, labelColumn: LabelColumn = .last,
    missing: MissingValues = .error, kind: Kind = .columns, parts: (Int) -> Int
  ) throws(FileError) {
    guard missing != .mean || kind == .columns else {
      throw FileError(file, nil, "missing values are filled with the mean only where the numbers are columns")
    }
    var text = try DelimitedText(try gunzip(contents, file: file), file: file, delimiter: delimiter)
    var fields: [DelimitedText.Field] = []
    guard try text.next(&fields) else { throw FileError(file, nil, "there is no data in this file") }
    let columns = fields.count
    let first = fields.map(text.text)
    guard first.allSatisfy(isStreamSafe) else { throw FileError(file, .line(text.line), notStreamSafe) }
    let commented = text.commentedNames(count: columns)
    let label = try labelColumn.position(in: first, commented, file: file, line: text.line)
    guard columns > 1 else {
      throw FileError(file, .line(text.line), "one column; expected columns of numbers and one of classes")
    }
    let hasHeader = try isHeader(fields, label: label, in: text)
    if case .named(let name) = labelColumn, !hasHeader, commented?.contains(name) != true {
      throw FileError(file, .line(text.line), "no header line names a column '\(name)'")
    }
    if !hasHeader { text.goBack() }

    let records = TableRecords(
      columns: columns, label: label, names: hasHeader ? first : commented, missing: missing,
      missingAdvice: MissingValues.advice,
      numberAdvice: "; the classes are taken from column \(label + 1) (--label_column names another)", largest: 1e100,
      readsLabels: true)
    let (numbers, result) = try records.all(of: text, parts: parts)
    guard result.count + result.incomplete > 0 else {
      throw FileError(file, nil, "there is a header line, but no data")
    }
    guard result.count > 0 else {
      throw FileError(file, nil, "a value is missing in every record; --missing drop leaves nothing")
    }
    let (labels, names) = try result.words.classes(column: label, file: file)
    self.init(
      name: file, kind: kind, inputs: .numbers(numbers), sampleShape: [columns - 1], labels: labels, classNames: names,
      missing: missing, incomplete: result.incomplete)
    if missing == .mean && incomplete > 0, let empty = emptyColumn {
      let column = empty < label ? empty : empty + 1
      let name = records.names.map { " ('\($0[column])')" } ?? ""
      throw FileError(file, nil, "column \(column + 1)\(name): every value is missing; leave the column out")
    }
  }
}

extension LabelColumn {
  /// The column's index from 0.
  ///
  /// - Parameters:
  ///   - header: the first record, and the line on which it begins.
  ///   - commented: the names of the columns in a comment before it, if there is one.
  func position(in header: [String], _ commented: [String]?, file: String, line: Int) throws(FileError) -> Int {
    switch self {
    case .last: return header.count - 1
    case .named(let name):
      if let index = header.firstIndex(of: name) ?? commented?.firstIndex(of: name) { return index }
      throw FileError(file, .line(line), "no column is named '\(name)'; the first line has \(listed(header))")
    case .position(let number):
      if let index = header.firstIndex(of: String(number)), Double(header[0]) == nil { return index }
      if (1...header.count).contains(number) { return number - 1 }
      throw FileError(file, .line(line), "there is no column \(number); the columns are 1 to \(header.count)")
    }
  }
}

/// Whether the first record of a text names the columns.
private func isHeader(
  _ first: [DelimitedText.Field], label: Int, in text: DelimitedText
) throws(FileError) -> Bool {
  if text.isHeader(first, without: label) { return true }
  guard text.number(first[label]) == nil else { return false }
  var rest = text
  var second: [DelimitedText.Field] = []
  return try rest.next(&second) && second.indices.contains(label) && text.number(second[label]) != nil
}
