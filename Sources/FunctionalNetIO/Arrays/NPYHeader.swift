/// The header of a NumPy file: six bytes of magic, two of the version, the header's length, and a dictionary in Python's
/// notation with `descr`, `fortran_order` and `shape`, filled up with spaces. Versions 1.0, 2.0 and 3.0 differ in the
/// bytes of the length (two or four) and in the encoding of names that no array of numbers has.
struct NPYHeader: Equatable {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let type: ElementType

  /// Whether the first index runs fastest.
  let isFortranOrder: Bool
  let shape: [Int]

  /// The number of bytes before the elements.
  let size: Int

  /// - Parameter bytes: a file, or enough of its beginning.
  init(_ bytes: ArraySlice<UInt8>, _ origin: ArrayOrigin) throws(FileError) {
    let first = bytes.startIndex
    guard bytes.starts(with: NPYHeader.magic) else {
      throw origin.error(at: 0, "not a NumPy file: it does not begin with 93 and NUMPY")
    }
    guard bytes.count >= 8 else { throw origin.error(at: bytes.count, "the file ends within its version") }
    let (major, minor) = (bytes[first + 6], bytes[first + 7])
    guard (1...3).contains(major), minor == 0 else {
      throw origin.error(at: 6, "version \(major).\(minor) of NumPy's format; 1.0, 2.0 and 3.0 are supported")
    }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else { throw origin.error(at: bytes.count, "the file ends within its header") }
    let length = bytes[(first + 8)..<(first + start)].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - start else {
      throw origin.error(at: 8, "a header of \(length) bytes is not all here")
    }
    size = start + length
    var parser = HeaderParser(bytes: bytes.prefix(size), position: first + start, origin: origin)
    (type, isFortranOrder, shape) = try parser.dictionary()
  }
}

/// Just as much of Python's notation as a header takes.
private struct HeaderParser {
  let bytes: ArraySlice<UInt8>
  var position: Int
  let origin: ArrayOrigin

  private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private func error(_ message: String) -> FileError {
    origin.error(at: position - bytes.startIndex, "in the header: \(message)")
  }

  mutating func dictionary() throws(FileError) -> (ElementType, Bool, [Int]) {
    var (type, order, shape): (ElementType?, Bool?, [Int]?) = (nil, nil, nil)
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try elementType()
      case "fortran_order" where order == nil: order = try truth()
      case "shape" where shape == nil: shape = try tuple()
      default: throw error("a second or unknown key '\(key)'; expected descr, fortran_order and shape, each once")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    if next != nil { throw error("something follows the dictionary") }
    guard let type, let order, let shape else { throw error("descr, fortran_order or shape is missing") }
    return (type, order, shape)
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    skipSpace()
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func expect(_ text: StaticString) throws(FileError) {
    if !take(text) { throw error("'\(text)' was expected") }
  }

  private mutating func string() throws(FileError) -> String {
    skipSpace()
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw error("a text in quotes was expected")
    }
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { throw error("a text has no end") }
    defer { position = end + 1 }
    return String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
  }

  private mutating func elementType() throws(FileError) -> ElementType {
    if take("[") || take("(") {
      throw origin.error("holds records (a structured dtype), not numbers; save each field as an array of its own")
    }
    return try ElementType(description: try string(), origin)
  }

  private mutating func truth() throws(FileError) -> Bool {
    if take("True") { return true }
    try expect("False")
    return false
  }

  private mutating func tuple() throws(FileError) -> [Int] {
    var lengths: [Int] = []
    try expect("(")
    while !take(")") {
      lengths.append(try length())
      _ = take("L")  // as Python 2 wrote whole numbers
      if !take(",") {
        guard lengths.count > 1 else { throw error("',' was expected") }
        try expect(")")
        break
      }
    }
    guard lengths.count <= 64 else { throw error("\(lengths.count) dimensions; NumPy has 64 at most") }
    return lengths
  }

  private mutating func length() throws(FileError) -> Int {
    skipSpace()
    let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw error("a whole number that a computer can count to was expected")
    }
    position = digits.endIndex
    return value
  }
}
