import CKernels

// The products of a training step on places in memory; see `CKernels.h`.

/// What becomes of the elements of a product before they are stored.
enum ProductFinish {
  /// `relu(c[i, j] + other[j])`
  case reluOfBiased

  /// `c[i, j]` where `other[i, j]` is above zero, otherwise zero
  case wherePositive

  /// The number by which the kernels know it.
  var code: Int32 { Int32((self == .reluOfBiased ? FN_RELU_OF_BIASED : FN_WHERE_POSITIVE).rawValue) }
}

/// Rows of inputs that may lie apart, of numbers or of bytes that stand for `levels`; `present` has a bit for every input,
/// zero where it may be skipped.
struct InputRows<Scalar: Real> {
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
struct RowPointer<Scalar: Real> {
  let start: UnsafeMutablePointer<Scalar>
  let row: Int

  init(_ start: UnsafeMutablePointer<Scalar>, row: Int) { (self.start, self.row) = (start, row) }
}

extension Real {
  /// `c[m, n] = a · b`, finished with other numbers; returns whether all of `c` is finite.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: InputRows<Self>, _ b: RowPointer<Self>, finish: ProductFinish,
    with other: RowPointer<Self>, into c: RowPointer<Self>
  ) -> Bool {
    var product = fn_finished(
      finish: finish.code, m: m, n: n, k: k, a: a.forKernels, b: b.start, b_row: b.row, other: other.start,
      other_row: other.row, c: c.start, c_row: c.row)
    let run = Self.self == Float.self ? fn_finished_product_f32 : fn_finished_product_f64
    return run(InstructionSet.current.code, &product)
  }

  /// The step of momentum with the gradient `aᵀ · b` for some columns of `a`; returns whether all weights are finite.
  static func stepMomentum(
    _ columns: Range<Int>, _ n: Int, _ k: Int, _ a: InputRows<Self>, _ b: RowPointer<Self>, weights: RowPointer<Self>,
    velocity: UnsafeMutablePointer<Self>, _ rule: MomentumRule
  ) -> Bool {
    var product = fn_momentum(
      first: columns.lowerBound, m: columns.count, n: n, k: k, a: a.forKernels, b: b.start, b_row: b.row,
      w: weights.start, v: velocity, row: weights.row, decay: rule.momentum, rate: -rule.lr)
    let run = Self.self == Float.self ? fn_momentum_product_f32 : fn_momentum_product_f64
    return run(InstructionSet.current.code, &product)
  }
}

extension InputRows {
  /// Notes which of the `k` inputs of some rows are not zero, in words of 64 bits.
  func notePresence(_ rows: Range<Int>, _ k: Int, in present: UnsafeMutablePointer<UInt64>) {
    let note =
      levels != nil ? fn_present_u8 : Scalar.self == Float.self ? fn_present_f32 : fn_present_f64
    note(rows.count, k, self.rows + rows.lowerBound, present + rows.lowerBound * presentRow)
  }
}
