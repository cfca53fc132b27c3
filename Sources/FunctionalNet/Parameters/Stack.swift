/// Records one after the other: the parameters of the layers of a `Sequential`, or what these layers remember.
///
/// A name is the position of its record and the name in it, as PyTorch has them: `0.weight`, `2.bias`, `1.0.weight`.
public struct Stack<Scalar: Real>: Parameters {
  public let parts: [any Parameters<Scalar>]

  public init(_ parts: [any Parameters<Scalar>]) { self.parts = parts }

  public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Stack {
    var visited: [any Parameters<Scalar>] = []
    visited.reserveCapacity(parts.count)
    for (position, part) in parts.enumerated() {
      visited.append(try part.traverse { try visit("\(position).\($0)", $1) })
    }
    return Stack(visited)
  }

  public static func == (a: Stack, b: Stack) -> Bool {
    a.parts.count == b.parts.count && Swift.zip(a.parts, b.parts).allSatisfy { $0.isEqual(to: $1) }
  }
}

extension Parameters {
  fileprivate func isEqual(to other: any Parameters) -> Bool { (other as? Self).map { $0 == self } ?? false }
}
