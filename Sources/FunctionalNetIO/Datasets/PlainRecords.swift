/// Records of the plainest kind, read at once: unquoted fields without spaces around them, decimal numbers but for the
/// class, and a newline at the end. Most tables hold nothing else.
extension DelimitedText {
  /// Reads records for as long as they are plain and at hand; the next record is then the first that is not.
  ///
  /// - Parameters:
  ///   - columns: how many fields a record has.
  ///   - label: the column of the classes, whose fields go to `word`, with the line.
  ///   - numbers: where the others go, record after record; there must be room for `most` records.
  /// - Returns: how many there were.
  mutating func plainRecords(
    columns: Int, label: Int?, atMost most: Int, into numbers: UnsafeMutablePointer<Double>,
    word: (_ text: UnsafeBufferPointer<UInt8>, _ line: Int) -> Void
  ) -> Int {
    var (at, count) = (position, 0)
    let decimal = Decimal.reader
    let (end, delimiter, firstLine, label) = (end, delimiter, nextLine, label ?? -1)
    bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      var next = numbers
      while count < most {
        var place = at
        var text = UnsafeBufferPointer(start: start, count: 0)
        for column in 0..<columns {
          if column == label {
            text = Self.plainText(start, &place, end: end, delimiter: delimiter)
            if marksMissingClass(text) || column == 0 && text[0] == UInt8(ascii: "#") { return }
          } else {
            guard let number = decimal.number(start, &place, end: end) else { return }
            next[0] = number
            next += 1
          }
          guard place < end else { return }
          if column < columns - 1 {
            guard start[place] == delimiter else { return }
            place += 1
          }
        }
        if start[place] == UInt8(ascii: "\r") { place += 1 }
        guard place < end, start[place] == UInt8(ascii: "\n") else { return }
        if label >= 0 { word(text, firstLine + count) }
        at = place + 1
        count += 1
      }
    }
    position = at
    nextLine += count
    return count
  }

  /// The field that begins at `place`; an empty one where it has quotes or spaces around it.
  @inline(__always)
  private static func plainText(
    _ bytes: UnsafePointer<UInt8>, _ place: inout Int, end: Int, delimiter: UInt8
  ) -> UnsafeBufferPointer<UInt8> {
    let start = place
    while place < end && bytes[place] != delimiter && bytes[place] != UInt8(ascii: "\n")
      && bytes[place] != UInt8(ascii: "\r")
    {
      place += 1
    }
    let text = UnsafeBufferPointer(start: bytes + start, count: place - start)
    guard let first = text.first, let last = text.last else { return text }
    let space = UInt8(ascii: " ")
    return first == space || first == UInt8(ascii: "\"") || last == space
      ? UnsafeBufferPointer(rebasing: text[..<0]) : text
  }
}
