extension JSON {
  /// The value that a text of JSON describes.
  ///
  /// - Throws: ``ParseError`` with the offset of the first byte that does not fit.
  public init(parsing bytes: some Collection<UInt8>) throws(ParseError) {
    var parser = Parser(bytes: Array(bytes))
    self = try parser.document()
  }

  public struct ParseError: Error, Equatable {
    public let offset: Int
    public let message: String
  }
}

/// A recursive-descent parser of RFC 8259, with a bound on the depth.
private struct Parser {
  let bytes: [UInt8]
  var position = 0
  var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let deepest = 64

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ message: String) -> JSON.ParseError { JSON.ParseError(offset: position, message: message) }

  mutating func document() throws(JSON.ParseError) -> JSON {
    let result = try value()
    skipSpace()
    if next != nil { throw error("something follows the end of the JSON value") }
    return result
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func value() throws(JSON.ParseError) -> JSON {
    skipSpace()
    depth += 1
    defer { depth -= 1 }
    if depth > Parser.deepest { throw error("the JSON value is nested more than \(Parser.deepest) deep") }
    if take("{") { return try object() }
    if take("[") { return try array() }
    if take("\"") { return .string(try string()) }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("null") { return .null }
    return try number()
  }

  private mutating func object() throws(JSON.ParseError) -> JSON {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      let start = position
      guard take("\"") else { throw error("a name in quotes was expected") }
      let name = try string()
      if !names.insert(name).inserted {
        throw JSON.ParseError(offset: start, message: "the name '\(name)' occurs twice in one object")
      }
      skipSpace()
      guard take(":") else { throw error("a colon was expected after the name '\(name)'") }
      members.append(JSON.Member(name: name, value: try value()))
      skipSpace()
    } while take(",")
    guard take("}") else { throw error("a comma or } was expected") }
    return .object(members)
  }

  private mutating func array() throws(JSON.ParseError) -> JSON {
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    repeat {
      values.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw error("a comma or ] was expected") }
    return .array(values)
  }

  private mutating func number() throws(JSON.ParseError) -> JSON {
    let start = position
    var isInteger = true
    while let byte = next, (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) {
      if !(0x30...0x39).contains(byte) && byte != 0x2D { isInteger = false }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let digits = text.first == "-" ? text.dropFirst() : text[...]
    let hasShape =
      digits.first?.isNumber == true && digits.last?.isNumber == true
      && !(digits.first == "0" && digits.dropFirst().first?.isNumber == true)
    if hasShape, isInteger, let value = Int(text), value != 0 || digits.count == text.count { return .integer(value) }
    guard hasShape, let value = Double(text), value.isFinite else {
      throw JSON.ParseError(offset: start, message: "a JSON value was expected")
    }
    return .number(value)
  }

  private mutating func string() throws(JSON.ParseError) -> String {
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case 0x22:
        guard let result = String(validating: text, as: UTF8.self) else { throw error("a string is not UTF-8") }
        guard isStreamSafe(result) else { throw error(notStreamSafe) }
        return result
      case 0x5C: text += try escape()
      case ..<0x20: throw error("a control character in a string")
      default: text.append(byte)
      }
    }
    throw error("a string has no end")
  }

  private mutating func escape() throws(JSON.ParseError) -> [UInt8] {
    guard let kind = next else { throw error("a string has no end") }
    position += 1
    switch kind {
    case 0x22, 0x5C, 0x2F: return [kind]
    case 0x62: return [0x08]
    case 0x66: return [0x0C]
    case 0x6E: return [0x0A]
    case 0x72: return [0x0D]
    case 0x74: return [0x09]
    case 0x75:
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code) {  // the first half of a character beyond the first 65,536
        guard take("\\u") else { throw error("half a character in a string") }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw error("half a character in a string") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half a character in a string") }
      return Array(String(Character(scalar)).utf8)
    default: throw error("an unknown escape in a string")
    }
  }

  private mutating func hexadecimal() throws(JSON.ParseError) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error("four hexadecimal digits were expected") }
    position += 4
    return code
  }
}
