/// Numbers in a rectangular arrangement: a value, like an array, with a shape.
///
/// The elements lie in row-major order: the last index runs fastest.
public struct Tensor<Scalar: Real>: Equatable, Sendable {
  /// The length of every dimension; empty for a single number.
  public let shape: [Int]

  /// The elements in row-major order.
  public internal(set) var elements: [Scalar]

  /// - Precondition: `elements` has as many numbers as the shape asks for.
  public init(shape: [Int], elements: [Scalar]) {
    require(shape.allSatisfy { $0 >= 0 }, "a shape has no negative lengths: \(shape)")
    require(
      shape.reduce(1, *) == elements.count,
      "a tensor of shape \(shape) has \(shape.reduce(1, *)) elements, but \(elements.count) were given")
    self.shape = shape
    self.elements = elements
  }

  /// A tensor with the same number everywhere.
  public init(shape: [Int], repeating value: Scalar) {
    self.init(shape: shape, elements: Array(repeating: value, count: shape.reduce(1, *)))
  }

  /// Zeros.
  public static func zeros(_ shape: [Int]) -> Tensor { Tensor(shape: shape, repeating: 0) }

  /// A single number.
  public init(scalar: Scalar) { self.init(shape: [], elements: [scalar]) }

  /// A vector.
  public init(_ elements: [Scalar]) { self.init(shape: [elements.count], elements: elements) }

  /// A matrix, row by row.
  ///
  /// - Precondition: all rows have the same length.
  public init(rows: [[Scalar]]) {
    let columns = rows.first?.count ?? 0
    require(rows.allSatisfy { $0.count == columns }, "rows of different lengths: \(rows.map(\.count))")
    self.init(shape: [rows.count, columns], elements: rows.flatMap { $0 })
  }

  /// The number of elements.
  public var count: Int { elements.count }

  /// The length of the first dimension: the number of samples in a batch.
  public var rowCount: Int { shape.first ?? 1 }

  /// The number of elements in one row, all dimensions after the first taken together.
  public var rowSize: Int { shape.dropFirst().reduce(1, *) }

  /// One element, by its index in every dimension.
  public subscript(indices: Int...) -> Scalar {
    get { elements[offset(of: indices)] }
    set { elements[offset(of: indices)] = newValue }
  }

  /// The position in `elements` of the element with these indices.
  public func offset(of indices: [Int]) -> Int {
    require(
      indices.count == shape.count && zip(indices, shape).allSatisfy { 0 <= $0 && $0 < $1 },
      "no element \(indices) in a tensor of shape \(shape)")
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// The indices, one for each dimension, of the element at a position in `elements`.
  public func indices(of offset: Int) -> [Int] {
    var rest = offset
    return shape.reversed().map { length in
      defer { rest /= length }
      return rest % length
    }.reversed()
  }

  /// The same elements in another shape.
  ///
  /// - Precondition: the shape has as many elements.
  public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, elements: elements) }

  /// Some of the rows, next to each other.
  public func rows(_ range: Range<Int>) -> Tensor {
    require(
      0 <= range.lowerBound && range.upperBound <= rowCount && !shape.isEmpty,
      "no rows \(range) in a tensor of shape \(shape)")
    let part = elements[range.lowerBound * rowSize..<range.upperBound * rowSize]
    return Tensor(shape: [range.count] + shape.dropFirst(), elements: Array(part))
  }

  /// The rows with these numbers, in this order.
  public func rows(at indices: some Collection<Int>) -> Tensor {
    Tensor(
      shape: [indices.count] + shape.dropFirst(), elements: gatherRows(of: elements, shape, at: indices))
  }
}

/// The rows of an array of this shape with these numbers, in this order.
func gatherRows<T>(of source: [T], _ shape: [Int], at indices: some Collection<Int>) -> [T] {
  let size = shape.dropFirst().reduce(1, *)
  return [T](unsafeUninitializedCapacity: indices.count * size) { target, count in
    source.withUnsafeBufferPointer { source in
      for index in indices {
        require(0 <= index && index < shape[0], "no row \(index) in a tensor of shape \(shape)")
        guard size > 0 else { continue }
        (target.baseAddress! + count).initialize(from: source.baseAddress! + index * size, count: size)
        count += size
      }
    }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = elements.prefix(8).map(\.description).joined(separator: ", ")
    return "Tensor\(shape)(\(shown)\(elements.count > 8 ? ", …" : ""))"
  }
}
