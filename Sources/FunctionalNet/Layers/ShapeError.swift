/// A shape that a layer cannot take, or a loss that does not fit a layer.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
  /// The positions of the layer and of those around it, from the outside in; empty for a layer by itself.
  public let position: [Int]

  /// The name of the layer, such as `conv2d`.
  public let layer: String
  public let message: String

  public init(position: [Int] = [], layer: String, _ message: String) {
    (self.position, self.layer, self.message) = (position, layer, message)
  }

  /// The same error, seen from the network that has the layer at this position.
  func inside(_ position: Int) -> ShapeError {
    ShapeError(position: [position] + self.position, layer: layer, message)
  }

  /// Such as `layer 3 conv2d: …`; the position is the one in the names of the layer's parameters.
  public var description: String {
    let place = position.isEmpty ? "" : "layer \(position.map(String.init).joined(separator: ".")) "
    return "\(place)\(layer): \(message)"
  }
}
