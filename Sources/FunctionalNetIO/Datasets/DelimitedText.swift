/// The records of delimited text, one after the other: quotes, either kind of line end, a byte-order mark, blank lines and
/// comments are understood. A comment is a line whose first character is `#`.
///
/// The text is there as a whole or comes in pieces. What is read, and every error with its line, is the same for any
/// pieces: a record that ends with the bytes at hand is read again when there are more, unless a newline ended it.
struct DelimitedText {
  /// A field of the latest record: where it is in the bytes, without its quotes.
  struct Field {
    let range: Range<Int>
    let hasDoubledQuotes: Bool
  }

  let file: String
  var delimiter: UInt8

  /// The text at hand, from `position` to `end` still to be read.
  private(set) var bytes: [UInt8]
  private(set) var end: Int
  var position: Int

  /// Whether the latest record is the first one of the text.
  private(set) var isAtFirstRecord = false

  /// The line at `position`, and that on which the latest record began, counted from 1.
  var nextLine = 1
  private(set) var line = 0
  private var recordStart = 0

  /// What is still to come; nil where all is at hand.
  private var pieces: Pieces?

  /// Whether no more of it could be read, so that nothing can be read from here on.
  private(set) var hasFailed = false

  /// The latest comment before the first record, without its mark.
  private var comment: Range<Int>?

  /// The comments so far.
  private(set) var commentCount = 0

  /// A text that is there as a whole.
  ///
  /// - Throws: `FileError` where it is UTF-16.
  init(_ bytes: [UInt8], file: String, delimiter: UInt8 = Separator.comma.byte) throws(FileError) {
    try self.init(bytes, nil, file: file, delimiter: delimiter)
  }

  init(_ pieces: Pieces, delimiter: UInt8 = Separator.comma.byte) throws(FileError) {
    try self.init([], pieces, file: pieces.name, delimiter: delimiter)
  }

  private init(_ bytes: [UInt8], _ pieces: Pieces?, file: String, delimiter: UInt8) throws(FileError) {
    (self.file, self.bytes, self.pieces, self.delimiter) = (file, bytes, pieces, delimiter)
    (position, end) = (0, bytes.count)
    let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
    while self.pieces != nil && marks.contains(where: { $0.count > end && $0.starts(with: self.bytes) }) {
      try readMore()
    }
    if self.bytes.starts(with: [0xFF, 0xFE]) || self.bytes.starts(with: [0xFE, 0xFF]) {
      throw FileError(file, .byte(0), "this is text in UTF-16; save it as UTF-8")
    }
    position = self.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    recordStart = position
  }

  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let quote = UInt8(ascii: "\"")
  private static let space = UInt8(ascii: " ")
  private static let hash = UInt8(ascii: "#")

  // MARK: Records

  /// Reads the next record into `fields`, which hold until the next call.
  ///
  /// - Returns: false at the end.
  mutating func next(_ fields: inout [Field]) throws(FileError) -> Bool {
    if line > 0 && position != recordStart { comment = nil }
    while true {
      fields.removeAll(keepingCapacity: true)
      if skipToRecord() {
        isAtFirstRecord = line == 0 || isAtFirstRecord && position == recordStart
        (recordStart, line) = (position, nextLine)
        do throws(FileError) {
          try record(&fields)
          if position < end || pieces == nil || bytes[end - 1] == Self.newline {
            return true
          }
        } catch {
          if position < end || pieces == nil { throw error }
        }
        (position, nextLine) = (recordStart, line)
      } else if pieces == nil {
        return false
      }
      try readMore()
    }
  }

  /// Goes back to where the latest record began, so that it is the next again.
  mutating func goBack() { (position, nextLine) = (recordStart, max(line, 1)) }

  /// Whether the next record may be read without waiting for somebody to write it: some of it is at hand, or more is.
  var isReady: Bool { position < end && bytes[end - 1] == Self.newline || (pieces?.isReady() ?? true) }

  /// What names the columns in a comment right before the first record, as numpy.savetxt writes it; nil where there is none
  /// with so many fields.
  func commentedNames(count: Int) -> [String]? {
    guard let comment, var text = try? DelimitedText(Array(bytes[comment]), file: file, delimiter: delimiter) else {
      return nil
    }
    var fields: [Field] = []
    guard (try? text.next(&fields)) == true, fields.count == count else { return nil }
    let names = fields.map(text.text)
    return names.allSatisfy(isStreamSafe) ? names : nil
  }

  /// Some of a text that is there as a whole, which has to begin and to end with a line; its lines are counted from 1.
  func part(_ range: Range<Int>) -> DelimitedText {
    var part = self
    (part.position, part.end, part.nextLine) = (range.lowerBound, range.upperBound, 1)
    part.commentCount = 0
    return part
  }

  // MARK: More bytes

  /// Waits for another piece; what lies before `position` is forgotten. Where half of a record is long, more pieces are
  /// taken at once, so that reading it again and again takes no more than twice the time.
  private mutating func readMore() throws(FileError) {
    guard let pieces else { return }
    let kept = comment?.lowerBound ?? position
    bytes.removeSubrange(..<kept)
    position -= kept
    recordStart -= kept
    comment = comment.map { $0.lowerBound - kept..<$0.upperBound - kept }
    let enough = bytes.count > 1 << 16 ? 2 * bytes.count : 1
    let start = bytes.count
    end = start
    hasFailed = true  // unless nothing throws from here on
    if start > 1 << 30 { throw FileError(file, .line(nextLine), "a line of more than \(1 << 30) bytes") }
    while bytes.count - start < enough {
      let piece = try pieces.next()
      if piece.isEmpty {
        self.pieces = nil
        break
      }
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
    }
    end = bytes.count
    hasFailed = false
  }

  // MARK: Lines

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.newline || byte == Self.carriageReturn }

  /// Goes to the beginning of the next line that is neither blank nor a comment.
  ///
  /// - Returns: false where none is at hand; where there are more bytes, the last line may become one.
  private mutating func skipToRecord() -> Bool {
    while true {
      var at = position
      while at < end && bytes[at] == Self.space { at += 1 }
      let isComment = position < end && bytes[position] == Self.hash
      if isComment { while at < end && !isLineEnd(bytes[at]) { at += 1 } }
      if at < end && !isLineEnd(bytes[at]) { return true }
      let isReturn = at < end && bytes[at] == Self.carriageReturn
      if pieces != nil && (at == end || isReturn && at + 1 == end) { return false }
      if isComment && line == 0 { comment = position + 1..<at }
      if isComment { commentCount += 1 }
      guard at < end else {
        position = end
        return false
      }
      position = isReturn && at + 1 < end && bytes[at + 1] == Self.newline ? at + 2 : at + 1
      nextLine += 1
    }
  }

  private mutating func record(_ fields: inout [Field]) throws(FileError) {
    while true {
      fields.append(try field())
      guard position < end else { break }
      let byte = bytes[position]
      position += 1
      if byte == delimiter { continue }
      if byte == Self.carriageReturn && position < end && bytes[position] == Self.newline { position += 1 }
      break
    }
    nextLine += 1
  }

  /// The field that begins here; afterwards the position is at what ended it.
  private mutating func field() throws(FileError) -> Field {
    var start = position
    while start < end && bytes[start] == Self.space { start += 1 }
    if start < end && bytes[start] == Self.quote { return try quotedField(start + 1) }
    position = start
    while position < end && !isEnd(bytes[position]) { position += 1 }
    var last = position
    while last > start && bytes[last - 1] == Self.space { last -= 1 }
    return Field(range: start..<last, hasDoubledQuotes: false)
  }

  private mutating func quotedField(_ start: Int) throws(FileError) -> Field {
    var hasDoubledQuotes = false
    position = start
    while position < end {
      if bytes[position] == Self.newline { nextLine += 1 }
      if bytes[position] == Self.quote {
        guard position + 1 < end && bytes[position + 1] == Self.quote else { break }
        hasDoubledQuotes = true
        position += 1
      }
      position += 1
    }
    guard position < end else { throw FileError(file, .line(line), "a quote is opened here and never closed") }
    let last = position
    position += 1
    while position < end && bytes[position] == Self.space { position += 1 }
    guard position == end || isEnd(bytes[position]) else {
      throw FileError(file, .line(line), "something follows a closing quote")
    }
    return Field(range: start..<last, hasDoubledQuotes: hasDoubledQuotes)
  }

  private func isEnd(_ byte: UInt8) -> Bool { byte == delimiter || isLineEnd(byte) }

  // MARK: Fields

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

  /// The number that a field holds; nil where it holds anything else, or nothing finite.
  func number(_ field: Field) -> Double? {
    var at = field.range.lowerBound
    let plain = bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.flatMap { Decimal.reader.number($0, &at, end: field.range.upperBound) }
    }
    if let plain, at == field.range.upperBound { return plain }
    let text = text(field)
    if let number = decimalNumber(text) { return number.isFinite ? number : nil }
    return field.range.count <= 5 ? truthValues[text] : nil
  }
}

/// How pandas, R and spreadsheets write truth values; they are read as 1 and 0.
private let truthValues: [String: Double] = [
  "True": 1, "TRUE": 1, "true": 1, "False": 0, "FALSE": 0, "false": 0,
]

/// The number that a text is in decimal digits, such as `-1.5e3`; nil for any other text, hexadecimal numbers and names of what
/// is no number among them.
func decimalNumber(_ text: String) -> Double? {
  text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) } ? Double(text) : nil
}
