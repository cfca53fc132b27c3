// Scores to probabilities, row by row, safe for scores of any size: the largest score of the row is subtracted first.

extension Real {
  public static func softmax(_ x: [Self], columns: Int) -> [Self] {
    [Self](unsafeUninitializedCapacity: x.count) { result, count in
      x.withUnsafeBufferPointer { x in
        for start in stride(from: 0, to: x.count, by: Swift.max(1, columns)) {
          softmax(x.baseAddress! + start, into: result.baseAddress! + start, columns: columns)
        }
      }
      count = x.count
    }
  }

  /// The softmax of one row, also in place.
  @inline(__always)
  static func softmax(_ x: UnsafePointer<Self>, into result: UnsafeMutablePointer<Self>, columns: Int) {
    let largest = x[argmax(x, columns)]
    for i in 0..<columns { result[i] = x[i] - largest }
    exp(result, count: columns, into: result)
    var sum: Self = 0
    for i in 0..<columns { sum += result[i] }
    for i in 0..<columns { result[i] /= sum }
  }
}

/// The softmax of every row, e^zᵢ / Σⱼ e^zⱼ: `[n, classes] -> [n, classes]`. Rows add up to 1.
public func softmax<S>(_ scores: Tensor<S>) -> Tensor<S> {
  require(scores.shape.count == 2, "softmax takes a matrix [n, classes], not shape \(scores.shape)")
  return Tensor(shape: scores.shape, elements: S.softmax(scores.elements, columns: scores.shape[1]))
}

/// The logarithms of the softmax, zᵢ - ln Σⱼ e^zⱼ, also where that is too small for a number: `[n, classes] -> [n, classes]`.
public func logSoftmax<S>(_ scores: Tensor<S>) -> Tensor<S> {
  require(scores.shape.count == 2, "softmax takes a matrix [n, classes], not shape \(scores.shape)")
  let rows = Grouping(blocks: 1, groups: scores.shape[0], length: scores.shape[1])
  func minus(_ x: [S], _ center: [S]) -> [S] {
    S.groupAffine(x, rows, center: center, scale: center.map { _ in 1 }, shift: center.map { _ in 0 })
  }
  let centered = minus(scores.elements, scores.max(axis: 1).elements)
  let sums = S.groupSums(S.map(.exp, centered), rows)
  return Tensor(shape: scores.shape, elements: minus(centered, sums.map { S(Double.log($0)) }))
}
