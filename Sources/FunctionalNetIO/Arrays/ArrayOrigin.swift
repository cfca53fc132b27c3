/// Where an array comes from, for messages: a file, and its name where the file has several.
struct ArrayOrigin {
  let file: String
  var array: String?

  func error(_ message: String) -> FileError { FileError(file, array.map { .array($0) }, message) }

  /// - Parameter byte: counted from the array's own first one.
  func error(at byte: Int, _ message: String) -> FileError {
    if let array { return FileError(file, .array(array), "at byte \(byte) of it: \(message)") }
    return FileError(file, .byte(byte), message)
  }
}
