/// What a person should know of how data was read.
public struct DataNote: Equatable, Sendable {
  public let text: String

  /// Whether what was read may well not be what the person wants.
  public let isWarning: Bool

  public init(_ text: String, isWarning: Bool = false) { (self.text, self.isWarning) = (text, isWarning) }
}
