// Numbers of one type made numbers of another, and matrices turned, a whole array at a time.

extension Real {
  public static func converting(_ bytes: [UInt8]) -> [Self] { bytes.map { Self($0) } }
  public static func converting(_ numbers: [Float]) -> [Self] { numbers.map { Self($0) } }
  public static func converting(_ numbers: [Double]) -> [Self] { numbers.map { Self($0) } }

  public static func transpose(_ x: [Self], rows: Int, columns: Int) -> [Self] {
    [Self](unsafeUninitializedCapacity: x.count) { result, count in
      x.withUnsafeBufferPointer { x in
        for i in 0..<(x.isEmpty ? 0 : rows) {
          for j in 0..<columns { result.initializeElement(at: j * rows + i, to: x[i * columns + j]) }
        }
      }
      count = x.count
    }
  }
}

extension Tensor {
  /// The same numbers in another precision, each rounded to the nearest.
  public func converted<Other: Real>(to type: Other.Type = Other.self) -> Tensor<Other> {
    let converted =
      switch elements {
      case let same as [Other]: same
      case let floats as [Float]: Other.converting(floats)
      default: Other.converting(elements as! [Double])
      }
    return Tensor<Other>(shape: shape, elements: converted)
  }
}

extension Transposed {
  /// The transposed matrix as a tensor of its own.
  public func copy() -> Tensor<Scalar> {
    let (rows, columns) = (original.shape[0], original.shape[1])
    return Tensor(
      shape: [columns, rows], elements: Scalar.transpose(original.elements, rows: rows, columns: columns))
  }
}
