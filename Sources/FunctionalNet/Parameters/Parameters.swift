/// A record of named tensors: the parameters of a network, a gradient, a velocity. One requirement makes it a vector
/// space with names: records of one shape are added, scaled, compared, counted and listed.
public protocol Parameters<Scalar>: Equatable, Sendable {
  associatedtype Scalar: Real

  /// The same record with every tensor replaced by what `visit` returns for it, in an order that never changes.
  func traverse(_ visit: (_ name: String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Self
}

extension Parameters {
  /// The tensors with their names, in order.
  public var named: [(name: String, tensor: Tensor<Scalar>)] {
    var list: [(name: String, tensor: Tensor<Scalar>)] = []
    _ = traverse { name, tensor in
      list.append((name, tensor))
      return tensor
    }
    return list
  }

  /// The number of scalars in all tensors.
  public var count: Int { named.reduce(0) { $0 + $1.tensor.count } }

  /// A function of every tensor.
  public func map(_ f: (Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Self {
    try traverse { try f($1) }
  }

  /// A function of every tensor and the one of the same name in `other`.
  ///
  /// - Precondition: both records have the same names and shapes.
  public func zip(_ other: Self, _ f: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>) -> Self {
    var others = other.named[...]
    let result = traverse { name, tensor in
      guard let second = others.popFirst(), second.name == name, second.tensor.shape == tensor.shape else {
        fatalError("two records differ at \(name): the first has shape \(tensor.shape)")
      }
      return f(tensor, second.tensor)
    }
    require(others.isEmpty, "the second of two records has more tensors, such as \(others.first?.name ?? "")")
    return result
  }

  /// A record of this shape with zeros everywhere.
  public var zero: Self { map { .zeros($0.shape) } }

  public static func + (a: Self, b: Self) -> Self { a.zip(b, +) }
  public static func - (a: Self, b: Self) -> Self { a.zip(b, -) }
  public static func * (factor: Scalar, a: Self) -> Self { a.map { factor * $0 } }

  /// The sum of the products of all pairs of scalars.
  public func dot(_ other: Self) -> Scalar {
    var total = 0.0
    _ = zip(other) { a, b in
      total += Scalar.dot(a.elements, b.elements)
      return a
    }
    return Scalar(total)
  }

  /// The Euclidean norm over all scalars.
  public var norm: Scalar { dot(self).squareRoot() }

  /// Whether no scalar is infinite or not a number.
  public var isFinite: Bool { named.allSatisfy { $0.tensor.isFinite } }
}

// MARK: Loading

extension Parameters {
  /// This record with the tensors that a file or another record holds under its names.
  ///
  /// - Throws: ``ParametersMismatch`` where a name is missing, is not of this record or has another shape.
  public func loading(_ tensors: [String: Tensor<Scalar>]) throws(ParametersMismatch) -> Self {
    let known = named
    for (name, tensor) in known {
      guard let found = tensors[name] else { throw ParametersMismatch(name: name, expected: tensor.shape, found: nil) }
      if found.shape != tensor.shape {
        throw ParametersMismatch(name: name, expected: tensor.shape, found: found.shape)
      }
    }
    let names = Set(known.map(\.name))
    if let extra = tensors.keys.filter({ !names.contains($0) }).min() {
      throw ParametersMismatch(name: extra, expected: nil, found: tensors[extra]?.shape)
    }
    return traverse { name, tensor in tensors[name] ?? tensor }
  }
}

/// A tensor that a record of parameters asks for and does not get, or gets and does not ask for.
public struct ParametersMismatch: Error, Equatable, CustomStringConvertible {
  public let name: String
  public let expected: [Int]?
  public let found: [Int]?

  public init(name: String, expected: [Int]?, found: [Int]?) {
    (self.name, self.expected, self.found) = (name, expected, found)
  }

  public var description: String {
    switch (expected, found) {
    case (let expected?, let found?): "tensor '\(name)' has shape \(found), expected \(expected)"
    case (let expected?, nil): "tensor '\(name)' of shape \(expected) is missing"
    default: "tensor '\(name)' does not belong to this network"
    }
  }
}
