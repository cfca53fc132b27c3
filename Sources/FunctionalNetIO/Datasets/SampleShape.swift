import FunctionalNet

/// Why samples of one shape are not those that a network of another shape takes; nil where they are. Images have to have the same
/// height, width and channels, where both shapes say them; vectors have to have as many numbers.
package func shapeMismatch(_ found: [Int], expected: [Int]) -> String? {
  func size(_ shape: [Int]) -> Int { elementCount(shape) ?? .max }
  func plain(_ shape: [Int]) -> [Int] { Array(shape.drop { $0 == 1 }) }
  if size(found) != size(expected) {
    return "samples have \(quantity(size(found), "input")), but the network takes \(size(expected))"
  }
  guard found.count > 1, expected.count > 1, plain(found) != plain(expected) else { return nil }
  return "samples have the shape \(found), but the network takes \(expected)"
}
