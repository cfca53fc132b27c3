import CKernels

// The products of convolutions on places in memory; see `CKernels.h`.

/// Rows that may overlap: row i begins at `start + at[i]`.
struct PatchRows<Scalar: Real> {
  let start: UnsafePointer<Scalar>
  let at: UnsafePointer<Int>
  let count: Int

  var forKernels: fn_patches { fn_patches(patch_count: count, patches: start, at: at) }
}

extension Real {
  /// `c[m, n] = a · patches`, where n fills whole lines of memory.
  static func multiply(
    _ m: Int, _ n: Int, _ patches: PatchRows<Self>, by a: RowPointer<Self>, into c: RowPointer<Self>
  ) {
    var product = fn_patch_product(
      m: m, n: n, patches: patches.forKernels, a: a.start, a_row: a.row, c: c.start, c_row: c.row)
    let run = Self.self == Float.self ? fn_patch_product_f32 : fn_patch_product_f64
    run(InstructionSet.current.code, &product)
  }

  /// Adds the products of rows of `a` with patches to lines, place by place.
  static func addSums(
    _ m: Int, _ n: Int, _ patches: PatchRows<Self>, by a: RowPointer<Self>, to lines: UnsafeMutablePointer<Self>
  ) {
    var sums = fn_patch_sums(m: m, n: n, patches: patches.forKernels, a: a.start, a_row: a.row, sums: lines)
    let run = Self.self == Float.self ? fn_patch_sums_f32 : fn_patch_sums_f64
    run(InstructionSet.current.code, &sums)
  }

  /// The sum of each line.
  static func sumLines(
    _ count: Int, _ lines: UnsafePointer<Self>, into sums: UnsafeMutablePointer<Self>
  ) {
    if Self.self == Float.self {
      fn_line_sums_f32(count, lines.of(), sums.of())
    } else {
      fn_line_sums_f64(count, lines.of(), sums.of())
    }
  }
}
