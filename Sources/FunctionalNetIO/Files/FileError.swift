/// What is wrong with a file, where in it, and what to do: the one error of everything that reads or writes.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// Where in a file.
  public enum Place: Equatable, Sendable {
    case line(Int)
    case byte(Int)
    case tensor(String)
    case array(String)
  }

  public let file: String
  public let place: Place?
  public let message: String

  public init(_ file: String, _ place: Place? = nil, _ message: String) {
    (self.file, self.place, self.message) = (file, place, message)
  }

  public var description: String {
    switch place {
    case .line(let number): "\(file):\(number): \(message)"
    case .byte(let offset): "\(file): at byte \(offset): \(message)"
    case .tensor(let name): "\(file): tensor '\(name)': \(message)"
    case .array(let name): "\(file): array '\(name)': \(message)"
    case nil: "\(file): \(message)"
    }
  }
}
