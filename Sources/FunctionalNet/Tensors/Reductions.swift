// Many numbers made one, always in index order, so that the bits do not depend on anything else.

/// How a column of numbers becomes one.
public enum Reduction: Sendable { case sum, max }

extension Real {
  public static func reduce(_ reduction: Reduction, _ x: [Self], outer: Int, length: Int, inner: Int) -> [Self] {
    switch reduction {
    case .sum: columns(x, outer, length, inner, from: 0) { $0 + $1 }
    case .max: columns(x, outer, length, inner, from: -.infinity) { $0 >= $1 || $0.isNaN ? $0 : $1 }
    }
  }

  @inline(__always)
  private static func columns(
    _ x: [Self], _ outer: Int, _ length: Int, _ inner: Int, from start: Self, _ operation: (Self, Self) -> Self
  ) -> [Self] {
    var result = [Self](repeating: start, count: outer * inner)
    x.withUnsafeBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        for block in 0..<outer {
          for row in 0..<length {
            let source = (block * length + row) * inner
            for i in 0..<inner {
              result[block * inner + i] = operation(result[block * inner + i], x[source + i])
            }
          }
        }
      }
    }
    return result
  }

  public static func argmax(_ x: [Self], columns: Int) -> [Int] {
    x.withUnsafeBufferPointer { x in
      stride(from: 0, to: x.count, by: columns).map { argmax(x.baseAddress! + $0, columns) }
    }
  }

  /// The position of the first largest number of a row.
  @inline(__always)
  static func argmax(_ x: UnsafePointer<Self>, _ columns: Int) -> Int {
    var (place, largest) = (0, x[0])
    for i in 1..<Swift.max(1, columns) where x[i] > largest { (place, largest) = (i, x[i]) }
    return place
  }

  public static func sum(_ x: [Self]) -> Double {
    var total = 0.0
    x.withUnsafeBufferPointer { x in
      for i in 0..<x.count { total += Double(x[i]) }
    }
    return total
  }

  public static func dot(_ x: [Self], _ y: [Self]) -> Double {
    require(x.count == y.count, "a dot product of \(x.count) and \(y.count) numbers")
    var total = 0.0
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        for i in 0..<x.count { total += Double(x[i]) * Double(y[i]) }
      }
    }
    return total
  }

  public static func areFinite(_ x: [Self]) -> Bool {
    x.withUnsafeBufferPointer { x in
      var isFound = false  // the difference of a number and itself is 0, unless it is infinite or not a number
      for i in 0..<x.count { isFound = isFound || !(x[i] - x[i] == 0) }
      return !isFound
    }
  }
}

// MARK: On tensors

extension Tensor {
  /// The sums over one dimension, which is gone from the result: `[n, outputs].sum(axis: 0)` is `[outputs]`.
  public func sum(axis: Int) -> Tensor { reduced(.sum, axis) }

  /// The largest numbers over one dimension, which is gone from the result; -∞ where that dimension has length 0. What
  /// is not a number counts as the largest.
  public func max(axis: Int) -> Tensor { reduced(.max, axis) }

  private func reduced(_ reduction: Reduction, _ axis: Int) -> Tensor {
    require(shape.indices.contains(axis), "no dimension \(axis) in a tensor of shape \(shape)")
    let (outer, inner) = (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
    return Tensor(
      shape: Array(shape[..<axis] + shape[(axis + 1)...]),
      elements: Scalar.reduce(reduction, elements, outer: outer, length: shape[axis], inner: inner))
  }

  /// The sum and the mean of all elements, added in index order in `Double`.
  public func sum() -> Scalar { Scalar(Scalar.sum(elements)) }
  public func mean() -> Scalar { Scalar(Scalar.sum(elements) / Double(count)) }

  /// Whether no element is infinite or not a number.
  public var isFinite: Bool { Scalar.areFinite(elements) }

  /// The position of the first largest element of each row.
  public func argmax() -> [Int] {
    require(shape.count == 2 && shape[1] > 0, "argmax takes a matrix with columns, not shape \(shape)")
    return Scalar.argmax(elements, columns: shape[1])
  }
}
