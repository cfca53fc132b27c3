/// The inputs of a data set as it keeps them: numbers, or bytes that stand for numbers, such as pixels. Bytes take a
/// quarter of the memory, and of the time to fetch it.
struct Inputs<Scalar: Real>: Sendable {
  enum Elements: Sendable {
    case numbers([Scalar])

    /// Byte b stands for `levels[b]`.
    case bytes([UInt8], levels: [Scalar])
  }

  /// `[samples, ...]`
  let shape: [Int]
  let elements: Elements

  init(shape: [Int], elements: Elements) { (self.shape, self.elements) = (shape, elements) }

  init(_ tensor: Tensor<Scalar>) { self.init(shape: tensor.shape, elements: .numbers(tensor.elements)) }

  /// The number of samples, and of the inputs of each.
  var rowCount: Int { shape[0] }
  var rowSize: Int { shape.dropFirst().reduce(1, *) }

  /// The same elements as samples of another shape.
  func reshaped(_ sampleShape: [Int]) -> Inputs {
    require(
      sampleShape.reduce(1, *) == rowSize, "samples of shape \(shape.dropFirst()) do not have the shape \(sampleShape)")
    return Inputs(shape: [rowCount] + sampleShape, elements: elements)
  }

  var tensor: Tensor<Scalar> {
    switch elements {
    case .numbers(let numbers): Tensor(shape: shape, elements: numbers)
    case .bytes(let bytes, let levels): Tensor(shape: shape, elements: Scalar.lookUp(bytes, in: levels))
    }
  }

  /// The rows with these numbers, in this order.
  func rows(at indices: some Collection<Int>) -> Inputs {
    let part: Elements =
      switch elements {
      case .numbers(let numbers): .numbers(gatherRows(of: numbers, shape, at: indices))
      case .bytes(let bytes, let levels): .bytes(gatherRows(of: bytes, shape, at: indices), levels: levels)
      }
    return Inputs(shape: [indices.count] + shape.dropFirst(), elements: part)
  }

  /// Calls `body` with where the first row begins, how many bytes further each next row does, and what bytes stand for if
  /// the rows are bytes.
  func withRows<Result>(
    _ body: (_ start: UnsafeRawPointer, _ stride: Int, _ levels: UnsafePointer<Scalar>?) -> Result
  ) -> Result {
    switch elements {
    case .numbers(let numbers):
      numbers.withUnsafeBytes { body($0.baseAddress!, rowSize * MemoryLayout<Scalar>.stride, nil) }
    case .bytes(let bytes, let levels):
      bytes.withUnsafeBytes { bytes in
        levels.withUnsafeBufferPointer { body(bytes.baseAddress!, rowSize, $0.baseAddress!) }
      }
    }
  }
}

extension Real {
  public static func lookUp(_ bytes: [UInt8], in levels: [Self]) -> [Self] {
    levels.withUnsafeBufferPointer { levels in
      bytes.withUnsafeBufferPointer { bytes in
        [Self](unsafeUninitializedCapacity: bytes.count) { numbers, count in
          if let numbers = numbers.baseAddress {
            shareElements(bytes.count) { places in
              for i in places { (numbers + i).initialize(to: levels[Int(bytes[i])]) }
            }
          }
          count = bytes.count
        }
      }
    }
  }
}
