import CKernels

// The products of a training step on places in memory; see `CKernels.h`.

/// What becomes of the elements of a product before they are stored.
public enum ProductFinish: Sendable {
  /// `relu(c[i, j] + other[j])`
  case reluOfBiased

  /// `c[i, j]` where `other[i, j]` is above zero, otherwise zero
  case wherePositive

  /// The number by which the kernels know it.
  var code: Int32 { Int32((self == .reluOfBiased ? FN_RELU_OF_BIASED : FN_WHERE_POSITIVE).rawValue) }
}

/// Rows of inputs that may lie apart, of numbers or of bytes that stand for `levels`; `present` has a bit for every input,
/// zero where it may be skipped.
public struct InputRows<Scalar: Real> {
  let rows: UnsafePointer<UnsafeRawPointer?>
  var levels: UnsafePointer<Scalar>? = nil
  var present: UnsafePointer<UInt64>? = nil
  var presentRow = 0

  var forKernels: fn_inputs { fn_inputs(rows: rows, levels: levels, present: present, present_row: presentRow) }

  /// The same inputs without the first samples.
  func advanced(_ samples: Int) -> InputRows {
    InputRows(
      rows: rows + samples, levels: levels, present: present.map { $0 + samples * presentRow }, presentRow: presentRow)
  }
}

/// Rows of numbers, `row` of them apart.
public struct RowPointer<Scalar: Real> {
  let start: UnsafeMutablePointer<Scalar>
  let row: Int

  init(_ start: UnsafeMutablePointer<Scalar>, row: Int) { (self.start, self.row) = (start, row) }
}

extension Float {
  public static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: InputRows<Float>, _ b: RowPointer<Float>, finish: ProductFinish,
    with other: RowPointer<Float>, into c: RowPointer<Float>
  ) -> Bool {
    var product = fn_finished_f32(
      finish: finish.code, m: m, n: n, k: k, a: a.forKernels, b: b.start, b_row: b.row, other: other.start,
      other_row: other.row, c: c.start, c_row: c.row)
    return fn_finished_product_f32(InstructionSet.current.code, &product)
  }

  public static func stepMomentum(
    _ columns: Range<Int>, _ n: Int, _ k: Int, _ a: InputRows<Float>, _ b: RowPointer<Float>,
    weights: RowPointer<Float>,
    velocity: UnsafeMutablePointer<Float>, _ rule: MomentumRule
  ) -> Bool {
    var product = fn_momentum_f32(
      first: columns.lowerBound, m: columns.count, n: n, k: k, a: a.forKernels, b: b.start, b_row: b.row,
      w: weights.start, v: velocity, row: weights.row,
      decay: Float(rule.momentum), rate: Float(-rule.lr))
    return fn_momentum_product_f32(InstructionSet.current.code, &product)
  }

  public static func notePresence(
    _ count: Int, _ k: Int, _ rows: UnsafePointer<UnsafeRawPointer?>, in present: UnsafeMutablePointer<UInt64>
  ) {
    fn_present_f32(count, k, rows, present)
  }
}

extension Double {
  public static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: InputRows<Double>, _ b: RowPointer<Double>, finish: ProductFinish,
    with other: RowPointer<Double>, into c: RowPointer<Double>
  ) -> Bool {
    var product = fn_finished_f64(
      finish: finish.code, m: m, n: n, k: k, a: a.forKernels, b: b.start, b_row: b.row, other: other.start,
      other_row: other.row, c: c.start, c_row: c.row)
    return fn_finished_product_f64(InstructionSet.current.code, &product)
  }

  public static func stepMomentum(
    _ columns: Range<Int>, _ n: Int, _ k: Int, _ a: InputRows<Double>, _ b: RowPointer<Double>,
    weights: RowPointer<Double>,
    velocity: UnsafeMutablePointer<Double>, _ rule: MomentumRule
  ) -> Bool {
    var product = fn_momentum_f64(
      first: columns.lowerBound, m: columns.count, n: n, k: k, a: a.forKernels, b: b.start, b_row: b.row,
      w: weights.start, v: velocity, row: weights.row,
      decay: Double(rule.momentum), rate: Double(-rule.lr))
    return fn_momentum_product_f64(InstructionSet.current.code, &product)
  }

  public static func notePresence(
    _ count: Int, _ k: Int, _ rows: UnsafePointer<UnsafeRawPointer?>, in present: UnsafeMutablePointer<UInt64>
  ) {
    fn_present_f64(count, k, rows, present)
  }
}
