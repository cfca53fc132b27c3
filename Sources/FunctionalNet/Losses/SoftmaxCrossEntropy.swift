/// The class of every sample, as a number from 0.
public struct Labels: Equatable, Sendable, ExpressibleByArrayLiteral {
  public let indices: [Int]

  public init(_ indices: [Int]) { self.indices = indices }
  public init(arrayLiteral indices: Int...) { self.indices = indices }

  public var count: Int { indices.count }

  /// One row for each sample: 1 in the column of its class, 0 elsewhere.
  ///
  /// - Precondition: all labels are below `classes`.
  public func oneHot<S>(classes: Int, as type: S.Type = S.self) -> Tensor<S> {
    var rows = [S](repeating: 0, count: count * classes)
    for (i, label) in indices.enumerated() {
      require(0 <= label && label < classes, "label \(label) of sample \(i) is not below \(classes) classes")
      rows[i * classes + label] = 1
    }
    return Tensor(shape: [count, classes], elements: rows)
  }
}

// Softmax cross-entropy: the mean over the samples of -ln softmax(z)ᵧ = ln Σⱼ e^zⱼ - zᵧ, straight from the scores z, so
// that it keeps its digits where a probability would round to 0 or 1. PyTorch: `CrossEntropyLoss`.

/// The mean cross-entropy of scores `[n, classes]` and the true classes.
///
/// - Precondition: two classes or more, one label below `classes` for each row, and at least one row.
public func crossEntropy<S>(_ scores: Tensor<S>, _ y: Labels) -> S {
  let sum = crossEntropies(scores, y).reduce(0.0) { $0 + Double($1) }
  return S(sum / Double(y.count))
}

/// The cross-entropy of each sample by itself.
public func crossEntropies<S>(_ scores: Tensor<S>, _ y: Labels) -> [S] {
  requireLabels(y, for: scores)
  return S.crossEntropies(scores.elements, columns: scores.shape[1], truth: y.indices)
}

extension Real {
  public static func crossEntropies(_ x: [Self], columns: Int, truth: [Int]) -> [Self] {
    x.withUnsafeBufferPointer { x in
      truth.enumerated().map { row, y in crossEntropy(x.baseAddress! + row * columns, columns: columns, truth: y) }
    }
  }

  /// ln(1 + rest) + (largest - zᵧ), where `rest` is the sum of e^(zⱼ - largest) without the largest score itself; what
  /// 1 + rest rounds away is added back, so that also a tiny loss has all its digits.
  @inline(__always)
  static func crossEntropy(_ x: UnsafePointer<Self>, columns: Int, truth: Int) -> Self {
    let place = argmax(x, columns)
    let largest = x[place]
    var rest: Self = 0
    for i in 0..<columns where i != place { rest += exp(x[i] - largest) }
    let sum = 1 + rest
    return log(sum) + (rest - (sum - 1)) / sum + (largest - x[truth])
  }

  /// Turns rows of scores, `row` apart, into their softmax, and notes their cross-entropies: both as above, with each
  /// exponential computed once. What lies between the rows is overwritten.
  @inline(__always)
  static func softmaxWithCrossEntropies(
    _ x: UnsafeMutablePointer<Self>, rows: Int, columns: Int, row: Int, truth: UnsafePointer<Int>,
    into losses: UnsafeMutablePointer<Self>
  ) {
    let most = 64
    withUnsafeTemporaryAllocation(of: Int.self, capacity: most) { places in
      for first in stride(from: 0, to: rows, by: most) {
        let part = first..<Swift.min(first + most, rows)
        for i in part {
          let scores = x + i * row
          let place = argmax(scores, columns)
          let largest = scores[place]
          places[i - first] = place
          losses[i] = largest - scores[truth[i]]
          for c in 0..<columns { scores[c] -= largest }
        }
        exp(x + first * row, count: part.count * row, into: x + first * row)
        for i in part {
          let powers = x + i * row
          let place = places[i - first]
          var (sum, rest): (Self, Self) = (0, 0)
          for c in 0..<place { rest += powers[c] }
          sum = rest + powers[place]
          for c in place + 1..<Swift.max(columns, place + 1) {
            rest += powers[c]
            sum += powers[c]
          }
          for c in 0..<columns { powers[c] /= sum }
          let whole = 1 + rest
          losses[i] += log(whole) + (rest - (whole - 1)) / whole
        }
      }
    }
  }
}

/// The gradient of `crossEntropy` with respect to the scores: (softmax(z) - oneHot(y)) / n.
public func crossEntropyGradient<S>(_ scores: Tensor<S>, _ y: Labels) -> Tensor<S> {
  requireLabels(y, for: scores)
  return (softmax(scores) - y.oneHot(classes: scores.shape[1])) / S(y.count)
}

private func requireLabels<S>(_ y: Labels, for scores: Tensor<S>) {
  require(
    scores.shape.count == 2 && scores.shape[0] == y.count && y.count > 0,
    "cross-entropy takes scores [n, classes] and n labels, not shape \(scores.shape) and \(y.count) labels")
  let classes = scores.shape[1]
  require(classes > 1, "cross-entropy compares the scores of two classes or more, not scores of shape \(scores.shape)")
  require(
    y.indices.allSatisfy { 0 <= $0 && $0 < classes },
    "labels from \(y.indices.min() ?? 0) to \(y.indices.max() ?? 0) for scores of \(classes) classes")
}
