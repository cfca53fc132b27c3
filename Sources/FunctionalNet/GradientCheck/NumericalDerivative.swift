/// The derivative of a function at a point, found from its values alone.
///
/// One step size does not fit all: a long step meets curvature and kinks, a short one drowns in rounding. So steps from
/// long to short are tried, neighbours are extrapolated to step zero (Ridders, "Accurate computation of F'(x) and
/// F'(x) F''(x)", Advances in Engineering Software 4, 1982), and the estimate that promises the smallest error is kept.
public struct NumericalDerivative<Scalar: Real>: Equatable, Sendable {
  public let value: Scalar

  /// How far off the value may be, judged by how its neighbours agree and by rounding.
  public let uncertainty: Scalar

  /// Whether the slopes on the left and on the right differ however short the step: a kink, where no derivative exists.
  public let isKink: Bool

  /// - Parameters:
  ///   - f: a function of the displacement from the point.
  ///   - scale: a displacement over which the function changes its slope noticeably, such as 1.
  ///   - goal: an uncertainty that is small enough to stop at.
  ///   - isNear: whether to look at the point's nearest neighbourhood only, where rounding is stronger and kinks are fewer.
  public init(of f: (Scalar) -> Scalar, scale: Scalar = 1, goal: Scalar = 0, isNear: Bool = false) {
    let shortest: Scalar = Scalar.ulpOfOne < 1e-10 ? 0x1p-23 : 0x1p-10
    let center = f(0)
    var step: Scalar = isNear ? min(0x1p-5, 128 * shortest) : 0x1p-5
    var previousRow: [Scalar] = []
    var (best, smallest) = (Scalar.nan, Scalar.infinity)
    var jumps: [Scalar] = []
    var isSmooth = true
    while step >= shortest {
      let h = (scale + step * scale) - scale  // a step that is added without rounding
      let (ahead, behind) = (f(h), f(-h))
      let noise = 8 * Scalar.ulpOfOne * max(abs(ahead), abs(behind), abs(center)) / h
      jumps.append(abs((ahead - center) / h - (center - behind) / h))

      var row = [(ahead - behind) / (2 * h)]
      var power: Scalar = 1
      for (j, older) in previousRow.enumerated() {
        power *= 4
        let extrapolated = (power * row[j] - older) / (power - 1)
        let uncertainty = max(abs(extrapolated - row[j]), abs(extrapolated - older)) + noise
        if uncertainty < smallest { (best, smallest) = (extrapolated, uncertainty) }
        row.append(extrapolated)
      }
      // The difference between the slopes on both sides halves with the step where a function is smooth.
      isSmooth = jumps.count > 1 && (jumps[jumps.count - 1] <= max(0.75 * jumps[jumps.count - 2], 4 * noise))
      if smallest <= goal && isSmooth { break }
      previousRow = row
      step /= 2
    }
    (value, uncertainty) = (best, smallest)
    isKink = !isSmooth && jumps.last!.isFinite
  }
}
