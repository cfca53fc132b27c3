/// A shape that a layer cannot take, or a loss that does not fit a layer.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
  /// The indices of the layer and of those around it, from the outside in, as in the names of its parameters; empty for a
  /// layer by itself. The body of a residual is 0, its shortcut 1.
  public let position: [Int]

  /// The name of the layer, such as `conv2d`.
  public let layer: String
  public let message: String

  public init(position: [Int] = [], layer: String, _ message: String) {
    (self.position, self.layer, self.message) = (position, layer, message)
  }

  /// Whether this error comes later in the network than another one: that of a layer around others comes after all of theirs.
  func isFurther(than other: ShapeError) -> Bool {
    for (own, others) in zip(position, other.position) where own != others { return own > others }
    return position.count < other.position.count
  }

  /// The same error, seen from the network that has the layer at this position.
  func inside(_ position: Int) -> ShapeError {
    ShapeError(position: [position] + self.position, layer: layer, message)
  }

  /// Such as `layer 3 conv2d: …`; layers are counted from 1.
  public var description: String {
    position.isEmpty ? "\(layer): \(message)" : "layer \(counted(position)) \(layer): \(message)"
  }
}

/// The indices of a layer and of those around it as messages have them, counted from 1: `2.1.2`.
package func counted(_ position: [Int]) -> String { position.map { String($0 + 1) }.joined(separator: ".") }

/// A number of things, as messages have it: `1 input`, `2 inputs`.
package func quantity(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
