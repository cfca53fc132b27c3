// Scores to probabilities, row by row, safe for scores of any size: the largest score of the row is subtracted first.

extension Real {
  public static func softmax(_ x: [Self], columns: Int) -> [Self] {
    [Self](unsafeUninitializedCapacity: x.count) { result, count in
      x.withUnsafeBufferPointer { x in
        for start in stride(from: 0, to: x.count, by: Swift.max(1, columns)) {
          let largest = largest(x, start, columns)
          var sum: Self = 0
          for i in start..<start + columns {
            let e = exp(x[i] - largest)
            result.initializeElement(at: i, to: e)
            sum += e
          }
          for i in start..<start + columns { result[i] /= sum }
        }
      }
      count = x.count
    }
  }

  @inline(__always)
  static func largest(_ x: UnsafeBufferPointer<Self>, _ start: Int, _ columns: Int) -> Self {
    var largest = x[start]
    for i in start..<start + columns where x[i] > largest { largest = x[i] }
    return largest
  }
}

/// The softmax of every row, e^zᵢ / Σⱼ e^zⱼ: `[n, classes] -> [n, classes]`. Rows add up to 1.
public func softmax<S>(_ scores: Tensor<S>) -> Tensor<S> {
  require(scores.shape.count == 2, "softmax takes a matrix [n, classes], not shape \(scores.shape)")
  return Tensor(shape: scores.shape, elements: S.softmax(scores.elements, columns: scores.shape[1]))
}
