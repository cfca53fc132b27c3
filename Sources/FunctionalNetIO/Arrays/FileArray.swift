/// An array of numbers as a file has it; its last index runs fastest.
public struct FileArray: Equatable, Sendable {
  public enum Elements: Equatable, Sendable {
    /// Unsigned bytes, and truth values as 0 and 1: one byte each, so that pixels take no more than they do in the file.
    case bytes([UInt8])

    /// Numbers of any other type, each converted to Double. Integers beyond 2⁵³ are rounded to the nearest.
    case numbers([Double])
  }

  public let shape: [Int]
  public let elements: Elements

  /// - Precondition: as many elements as the shape says.
  public init(shape: [Int], elements: Elements) {
    precondition(elementCount(shape) == elements.count, "\(elements.count) elements for the shape \(shape)")
    (self.shape, self.elements) = (shape, elements)
  }

  /// The number of rows: the first dimension; 1 where there is none.
  public var rowCount: Int { shape.first ?? 1 }
}

extension FileArray.Elements {
  public var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .numbers(let numbers): numbers.count
    }
  }

  /// All elements as Doubles.
  var numbers: [Double] {
    switch self {
    case .bytes(let bytes): bytes.map(Double.init)
    case .numbers(let numbers): numbers
    }
  }

  /// The smallest and the largest element; nil where there is none. No element is not a number.
  var bounds: ClosedRange<Double>? {
    switch self {
    case .bytes(let bytes): bytes.isEmpty ? nil : Double(bytes.min()!)...Double(bytes.max()!)
    case .numbers(let numbers): numbers.isEmpty ? nil : numbers.min()!...numbers.max()!
    }
  }

  /// The elements in another order: element `[i, j, …]` of an array of this shape is the one at `i * strides[0] + j *
  /// strides[1] + …` now.
  ///
  /// - Precondition: every such place is there.
  func arranged(_ shape: [Int], strides: [Int]) -> Self {
    switch self {
    case .bytes(let bytes): .bytes(FunctionalNetIO.arranged(bytes, shape, strides))
    case .numbers(let numbers): .numbers(FunctionalNetIO.arranged(numbers, shape, strides))
    }
  }
}

/// The number of elements of an array; nil where it is more than a computer can count.
func elementCount(_ shape: [Int]) -> Int? {
  if shape.contains(0) { return 0 }
  var count = 1
  for length in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: length)
    if overflow { return nil }
    count = product
  }
  return count
}

/// The indices of the element at this place, for messages: `[3, 0, 5]`.
func indices(of place: Int, in shape: [Int]) -> [Int] {
  var rest = place
  var result = shape
  for axis in shape.indices.reversed() {
    result[axis] = rest % shape[axis]
    rest /= shape[axis]
  }
  return result
}

/// What `FileArray.Elements.arranged` does, for one type of element.
private func arranged<T: BitwiseCopyable>(_ elements: [T], _ shape: [Int], _ strides: [Int]) -> [T] {
  let total = shape.reduce(1, *)
  guard total > 0, let width = shape.last, let step = strides.last else { return elements }
  let outer = shape.indices.dropLast()
  return elements.withUnsafeBufferPointer { source in
    [T](unsafeUninitializedCapacity: total) { target, count in
      var index = shape.map { _ in 0 }
      var (start, at) = (0, 0)
      while at < total {
        for i in 0..<width { target.initializeElement(at: at + i, to: source[start + i * step]) }
        at += width
        for axis in outer.reversed() {  // the next row: the last index that is not at its end goes on
          index[axis] += 1
          start += strides[axis]
          if index[axis] < shape[axis] { break }
          start -= shape[axis] * strides[axis]
          index[axis] = 0
        }
      }
      count = total
    }
  }
}
