import CKernels

// Matrix products. Every element is one chain of fused multiply-adds in index order, so its bits do not depend on the
// processor, on the number of threads or on which other rows are computed with it.

/// A matrix read with its rows and columns exchanged; nothing is moved.
public struct Transposed<Scalar: Real>: Sendable {
  public let original: Tensor<Scalar>
}

extension Tensor {
  /// This matrix, to be read transposed by `matmul`.
  public var transposed: Transposed<Scalar> {
    require(shape.count == 2, "only a matrix has a transpose, not a tensor of shape \(shape)")
    return Transposed(original: self)
  }
}

/// `x · w`: `[n, inputs] · [inputs, outputs] -> [n, outputs]`.
public func matmul<S>(_ x: Tensor<S>, _ w: Tensor<S>) -> Tensor<S> {
  multiply(x, w, leftIsTransposed: false, rightIsTransposed: false)
}

/// `x · w + bias`: the same as `matmul(x, w) + bias`, with the bias added to rows that have just been computed.
///
/// - Precondition: one number of `bias` for each column of the product.
public func matmul<S>(_ x: Tensor<S>, _ w: Tensor<S>, plus bias: Tensor<S>) -> Tensor<S> {
  require(
    bias.shape == w.shape.suffix(1), "a bias of shape \(bias.shape) for a product with a matrix of shape \(w.shape)")
  return multiply(x, w, leftIsTransposed: false, rightIsTransposed: false, plus: bias)
}

/// `xᵀ · y`: `[n, inputs]ᵀ · [n, outputs] -> [inputs, outputs]`.
public func matmul<S>(_ x: Transposed<S>, _ y: Tensor<S>) -> Tensor<S> {
  multiply(x.original, y, leftIsTransposed: true, rightIsTransposed: false)
}

/// `y · wᵀ`: `[n, outputs] · [inputs, outputs]ᵀ -> [n, inputs]`.
public func matmul<S>(_ y: Tensor<S>, _ w: Transposed<S>) -> Tensor<S> {
  multiply(y, w.original, leftIsTransposed: false, rightIsTransposed: true)
}

private func multiply<S>(
  _ a: Tensor<S>, _ b: Tensor<S>, leftIsTransposed: Bool, rightIsTransposed: Bool, plus bias: Tensor<S>? = nil
) -> Tensor<S> {
  require(
    a.shape.count == 2 && b.shape.count == 2, "a product takes two matrices, not shapes \(a.shape) and \(b.shape)")
  let (m, k) = leftIsTransposed ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
  let (inner, n) = rightIsTransposed ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
  require(
    k == inner,
    "the inner lengths of a product differ: \(a.shape)\(leftIsTransposed ? "ᵀ" : "") · \(b.shape)\(rightIsTransposed ? "ᵀ" : "")"
  )
  let elements = [S](unsafeUninitializedCapacity: m * n) { c, count in
    a.elements.withUnsafeBufferPointer { a in
      b.elements.withUnsafeBufferPointer { b in
        guard let c = c.baseAddress, m * n > 0 else { return }
        let a = MatrixPointer(a.baseAddress, row: leftIsTransposed ? 1 : k, column: leftIsTransposed ? m : 1)
        let b = MatrixPointer(b.baseAddress, row: rightIsTransposed ? 1 : n, column: rightIsTransposed ? k : 1)
        guard let bias else { return multiplyInParallel(m, n, k, a, b, plus: nil, into: c) }
        bias.elements.withUnsafeBufferPointer { multiplyInParallel(m, n, k, a, b, plus: $0.baseAddress, into: c) }
      }
    }
    count = m * n
  }
  return Tensor(shape: [m, n], elements: elements)
}

/// Shares the rows of the product among the threads, or its columns where they are the longer side.
private func multiplyInParallel<S: Real>(
  _ m: Int, _ n: Int, _ k: Int, _ a: MatrixPointer<S>, _ b: MatrixPointer<S>, plus bias: UnsafePointer<S>?,
  into c: UnsafeMutablePointer<S>
) {
  let smallestWorthSharing = 1 << 17
  if Threads.count < 2 || m * n * k < smallestWorthSharing {
    S.multiply(m, n, k, a, b, plus: bias, into: c, row: n)
  } else if m >= n {
    Threads.split(m, grain: 12) { rows in
      S.multiply(
        rows.count, n, k, a.advanced(row: rows.lowerBound), b, plus: bias, into: c + rows.lowerBound * n, row: n)
    }
  } else {
    Threads.split(n, grain: 32) { columns in
      let first = columns.lowerBound
      S.multiply(
        m, columns.count, k, a, b.advanced(column: first), plus: bias.map { $0 + first }, into: c + first, row: n)
    }
  }
}

extension Real {
  /// The product by blocks of rows, which are still near when the bias is added.
  public static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: MatrixPointer<Self>, _ b: MatrixPointer<Self>, plus bias: UnsafePointer<Self>?,
    into c: UnsafeMutablePointer<Self>, row: Int
  ) {
    guard let bias else { return multiply(m, n, k, a, b, into: c, row: row, with: InstructionSet.current) }
    let block = 120
    for first in stride(from: 0, to: m, by: block) {
      let rows = min(block, m - first)
      let target = c + first * row
      multiply(rows, n, k, a.advanced(row: first), b, into: target, row: row, with: InstructionSet.current)
      for i in 0..<rows {
        for j in 0..<n { target[i * row + j] += bias[j] }
      }
    }
  }
}

/// Where a matrix lies: element (i, j) is at `start[i * row + j * column]`.
public struct MatrixPointer<Scalar: Real> {
  let start: UnsafePointer<Scalar>?
  let row: Int
  let column: Int

  init(_ start: UnsafePointer<Scalar>?, row: Int, column: Int) {
    (self.start, self.row, self.column) = (start, row, column)
  }

  /// The same matrix without its first rows or columns.
  func advanced(row rows: Int = 0, column columns: Int = 0) -> MatrixPointer {
    MatrixPointer(start.map { $0 + rows * row + columns * column }, row: row, column: column)
  }
}

extension Float {
  public static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: MatrixPointer<Float>, _ b: MatrixPointer<Float>,
    into c: UnsafeMutablePointer<Float>, row: Int, with instructionSet: InstructionSet
  ) {
    fn_product_f32(instructionSet.code, m, n, k, a.start, a.row, a.column, b.start, b.row, b.column, c, row)
  }
}

extension Double {
  public static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: MatrixPointer<Double>, _ b: MatrixPointer<Double>,
    into c: UnsafeMutablePointer<Double>, row: Int, with instructionSet: InstructionSet
  ) {
    fn_product_f64(instructionSet.code, m, n, k, a.start, a.row, a.column, b.start, b.row, b.column, c, row)
  }
}
