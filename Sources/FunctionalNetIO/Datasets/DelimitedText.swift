/// The records of comma- or tab-separated text, one after the other: quotes, either kind of line end, a byte-order mark
/// and blank lines are understood.
struct DelimitedText {
  /// A field of the latest record: where it is in the bytes, without its quotes.
  struct Field {
    let range: Range<Int>
    let hasDoubledQuotes: Bool
  }

  let file: String
  let bytes: [UInt8]
  let delimiter: UInt8
  private var position: Int
  private var nextLine = 1

  /// The line on which the latest record began, counted from 1.
  private(set) var line = 0

  init(_ bytes: [UInt8], file: String, delimiter: UInt8) {
    (self.bytes, self.file, self.delimiter) = (bytes, file, delimiter)
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let quote = UInt8(ascii: "\"")
  private static let space = UInt8(ascii: " ")

  /// Reads the next record that is not a blank line into `fields`.
  ///
  /// - Returns: false at the end.
  mutating func next(_ fields: inout [Field]) throws(FileError) -> Bool {
    fields.removeAll(keepingCapacity: true)
    skipBlankLines()
    guard position < bytes.count else { return false }
    line = nextLine
    while true {
      fields.append(try field())
      guard position < bytes.count else { break }
      let end = bytes[position]
      position += 1
      if end == delimiter { continue }
      if end == Self.carriageReturn && position < bytes.count && bytes[position] == Self.newline { position += 1 }
      break
    }
    nextLine += 1
    return true
  }

  private mutating func skipBlankLines() {
    var start = position
    while start < bytes.count {
      switch bytes[start] {
      case Self.newline:
        nextLine += 1
        position = start + 1
      case Self.carriageReturn:
        if start + 1 < bytes.count && bytes[start + 1] == Self.newline { start += 1 }
        nextLine += 1
        position = start + 1
      case Self.space: break
      default: return
      }
      start += 1
    }
    position = start
  }

  /// The field that begins here; afterwards the position is at what ended it.
  private mutating func field() throws(FileError) -> Field {
    var start = position
    while start < bytes.count && bytes[start] == Self.space { start += 1 }
    if start < bytes.count && bytes[start] == Self.quote { return try quotedField(start + 1) }
    position = start
    while position < bytes.count && !isEnd(bytes[position]) { position += 1 }
    var end = position
    while end > start && bytes[end - 1] == Self.space { end -= 1 }
    return Field(range: start..<end, hasDoubledQuotes: false)
  }

  private mutating func quotedField(_ start: Int) throws(FileError) -> Field {
    var hasDoubledQuotes = false
    position = start
    while position < bytes.count {
      if bytes[position] == Self.newline { nextLine += 1 }
      if bytes[position] == Self.quote {
        guard position + 1 < bytes.count && bytes[position + 1] == Self.quote else { break }
        hasDoubledQuotes = true
        position += 1
      }
      position += 1
    }
    guard position < bytes.count else { throw FileError(file, .line(line), "a quote is opened here and never closed") }
    let end = position
    position += 1
    while position < bytes.count && bytes[position] == Self.space { position += 1 }
    guard position == bytes.count || isEnd(bytes[position]) else {
      throw FileError(file, .line(line), "something follows a closing quote")
    }
    return Field(range: start..<end, hasDoubledQuotes: hasDoubledQuotes)
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == delimiter || byte == Self.newline || byte == Self.carriageReturn
  }

  // MARK: Contents

  func text(_ field: Field) -> String {
    let text = String(decoding: bytes[field.range], as: UTF8.self)
    guard field.hasDoubledQuotes else { return text }
    var result = ""
    var isSecond = false
    for scalar in text.unicodeScalars {
      isSecond = scalar == "\"" && !isSecond
      if !isSecond { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// Whether none of a record's fields, leaving out that of the classes, is a number: a line of names.
  func isHeader(_ fields: [Field], without label: Int?) -> Bool {
    fields.indices.allSatisfy { $0 == label || number(fields[$0]) == nil }
  }

  /// The number that a field holds; nil where it holds anything else, or nothing finite.
  func number(_ field: Field) -> Double? { decimal(field.range) ?? slowNumber(field) }

  /// A number of at most 15 digits with at most 22 behind the point, which one exact division makes: most numbers.
  private func decimal(_ range: Range<Int>) -> Double? {
    var mantissa = 0
    var digits = 0
    var behindPoint: Int?
    var at = range.lowerBound
    let isNegative = at < range.upperBound && bytes[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    while at < range.upperBound {
      let byte = bytes[at]
      if byte == UInt8(ascii: ".") && behindPoint == nil {
        behindPoint = digits
      } else if (0x30...0x39).contains(byte) {
        mantissa = mantissa * 10 + Int(byte - 0x30)
        digits += 1
        if digits > 15 { return nil }
      } else {
        return nil
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    let magnitude = Double(mantissa) / DelimitedText.powersOfTen[digits - (behindPoint ?? digits)]
    return isNegative ? -magnitude : magnitude
  }

  private static let powersOfTen: [Double] = (0...15).map { power in (0..<power).reduce(1.0) { ten, _ in ten * 10 } }

  private func slowNumber(_ field: Field) -> Double? {
    guard let value = Double(text(field)), value.isFinite else { return nil }
    return value
  }
}
