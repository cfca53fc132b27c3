import FunctionalNetIO

/// `[` makes an array of its own for every byte, and two bytes a value in one.
let memoryPerByte = 128

/// What is read is written to a text that gives the same value.
func fuzz(_ bytes: [UInt8]) {
  guard let value = try? JSON(parsing: bytes) else { return }
  let text = value.description
  guard let again = try? JSON(parsing: text.utf8) else { fatalError("broken law: \(text) is written, but not read") }
  law(again.isSame(as: value) && again.description == text, "\(text) is read as \(again)")
}

extension JSON {
  /// Whether two values are equal where 2 and 2.0 are one number, and 0 and -0 are two.
  fileprivate func isSame(as other: JSON) -> Bool {
    switch (self, other) {
    case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value.isSame(as: $1.value) }
    default: self == other || (doubleValue != nil && doubleValue?.bitPattern == other.doubleValue?.bitPattern)
    }
  }
}
