/// Records of the plainest kind, read at once: unquoted fields without spaces around them, decimal numbers but for the
/// class, and a newline at the end. Most tables hold nothing else.
extension DelimitedText {
  /// Reads records for as long as they are plain and at hand; the next record is then the first that is not.
  ///
  /// - Parameters:
  ///   - roles: what the fields of a record are; those of the column of classes go to `word`, with the line.
  ///   - numbers: where the inputs go, record after record, `inputs` of them each; there must be room for `most` records.
  /// - Returns: how many there were.
  mutating func plainRecords(
    roles: [ColumnRole], inputs: Int, atMost most: Int, into numbers: UnsafeMutablePointer<Double>,
    word: (_ text: UnsafeBufferPointer<UInt8>, _ line: Int) -> Void
  ) -> Int {
    var (at, count) = (position, 0)
    let decimal = Decimal.reader
    let (end, delimiter, firstLine) = (end, delimiter, nextLine)
    // The index of the input, or one of two negative numbers.
    let (label, ignored, columns) = (-1, -2, roles.count)
    let targets = roles.map { role in
      switch role {
      case .input(let index): index
      case .label: label
      case .ignored: ignored
      }
    }
    let hasLabel = targets.contains(label)
    bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      var next = numbers
      while count < most {
        var place = at
        var text = UnsafeBufferPointer(start: start, count: 0)
        for column in 0..<columns {
          let target = targets[column]
          if target < 0 {
            let field = Self.plainText(start, &place, end: end, delimiter: delimiter)
            if field.isEmpty || column == 0 && field[0] == UInt8(ascii: "#") { return }
            if target == label {
              if marksMissingClass(field) { return }
              text = field
            }
          } else {
            guard let number = decimal.number(start, &place, end: end) else { return }
            next[target] = number
          }
          guard place < end else { return }
          if column < columns - 1 {
            guard start[place] == delimiter else { return }
            place += 1
          }
        }
        if start[place] == UInt8(ascii: "\r") { place += 1 }
        guard place < end, start[place] == UInt8(ascii: "\n") else { return }
        if hasLabel { word(text, firstLine + count) }
        next += inputs
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
