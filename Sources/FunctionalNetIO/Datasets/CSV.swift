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
/// number. Classes are numbers or words; in order of value where all are numbers, of the alphabet otherwise.
extension Dataset {
  public init(
    csv contents: [UInt8], file: String, delimiter: UInt8? = nil, labelColumn: LabelColumn = .last,
    kind: Kind = .columns
  ) throws(FileError) {
    let bytes = try gunzip(contents, file: file)
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw FileError(file, .byte(0), "this is text in UTF-16; save it as UTF-8")
    }
    var text = DelimitedText(bytes, file: file, delimiter: delimiter ?? likelyDelimiter(bytes))
    var fields: [DelimitedText.Field] = []
    guard try text.next(&fields) else { throw FileError(file, nil, "there is no data in this file") }
    let columns = fields.count
    let first = fields.map(text.text)
    guard first.allSatisfy(isStreamSafe) else { throw FileError(file, .line(text.line), notStreamSafe) }
    let label = try labelColumn.position(in: first, file: file)
    guard columns > 1 else {
      throw FileError(file, .line(text.line), "one column; expected columns of numbers and one of classes")
    }
    let hasHeader = try isHeader(fields, label: label, in: text)
    if case .named(let name) = labelColumn, !hasHeader {
      throw FileError(file, .line(text.line), "no header line names a column '\(name)'")
    }

    var numbers: [Double] = []
    var words: [String] = []
    var lines: [Int] = []
    var goesOn = hasHeader ? try text.next(&fields) : true
    while goesOn {
      guard fields.count == columns else {
        throw FileError(
          file, .line(text.line), "expected \(columns) columns as in the first line, found \(fields.count)")
      }
      for column in fields.indices where column != label {
        guard let number = text.number(fields[column]) else {
          let name = hasHeader ? " ('\(first[column])')" : ""
          throw FileError(
            file, .line(text.line),
            "column \(column + 1)\(name): '\(text.text(fields[column]))' is not a finite number; the classes are taken "
              + "from column \(label + 1) (--label_column names another)")
        }
        guard abs(number) <= 1e100 else {
          throw FileError(file, .line(text.line), "column \(column + 1): '\(text.text(fields[column]))' is too large")
        }
        numbers.append(number)
      }
      let word = text.text(fields[label])
      guard isStreamSafe(word) else { throw FileError(file, .line(text.line), notStreamSafe) }
      words.append(word)
      lines.append(text.line)
      goesOn = try text.next(&fields)
    }
    guard !words.isEmpty else { throw FileError(file, nil, "there is a header line, but no data") }
    let (labels, names) = try classes(of: words, lines: lines, column: label, file: file)
    self.init(
      name: file, kind: kind, inputs: .numbers(numbers), sampleShape: [columns - 1], labels: labels, classNames: names)
  }
}

extension LabelColumn {
  /// The column's index from 0.
  func position(in header: [String], file: String) throws(FileError) -> Int {
    switch self {
    case .last: return header.count - 1
    case .named(let name):
      if let index = header.firstIndex(of: name) { return index }
      throw FileError(file, .line(1), "no column is named '\(name)'; the first line has \(listed(header))")
    case .position(let number):
      if let index = header.firstIndex(of: String(number)), Double(header[0]) == nil { return index }
      if (1...header.count).contains(number) { return number - 1 }
      throw FileError(file, .line(1), "there is no column \(number); the columns are 1 to \(header.count)")
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

/// Numbers the classes.
private func classes(
  of words: [String], lines: [Int], column: Int, file: String
) throws(FileError) -> (Labels, [String]) {
  let words = words.allSatisfy({ Double($0) != nil }) ? words.map(plainNumber) : words
  var names = Array(Set(words))
  let place = "column \(column + 1), which holds the classes (--label_column names another)"
  for (word, line) in zip(words, lines) {
    if word.contains("\u{FFFD}") { throw FileError(file, .line(line), "the class is not UTF-8 text in \(place)") }
    if word.isEmpty { throw FileError(file, .line(line), "the class is missing in \(place)") }
    if let number = Double(word), number != number.rounded() {
      throw FileError(file, .line(line), "'\(word)' is a fraction, not a class, in \(place)")
    }
  }
  let numbers = names.compactMap(Double.init)
  if numbers.count == names.count {
    let values = Dictionary(uniqueKeysWithValues: zip(names, numbers))
    names.sort { (values[$0]!, $0) < (values[$1]!, $1) }
  } else {
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
  let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
  return (Labels(words.map { positions[$0]! }), names)
}

/// The same number always as the same text: 1, 1.0 and 01 are one class.
private func plainNumber(_ text: String) -> String {
  Double(text).flatMap { Int(exactly: $0) }.map(String.init) ?? text
}

/// The character that separates the columns of the first line: a tab, a semicolon or a comma.
func likelyDelimiter(_ bytes: [UInt8]) -> UInt8 {
  let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
  if line.contains(UInt8(ascii: "\t")) { return UInt8(ascii: "\t") }
  return line.contains(UInt8(ascii: ";")) && !line.contains(UInt8(ascii: ",")) ? UInt8(ascii: ";") : UInt8(ascii: ",")
}
