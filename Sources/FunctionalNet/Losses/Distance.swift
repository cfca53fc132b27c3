/// How far one number is from another, as a loss counts it; see `Loss.swift`.
public enum Distance<Scalar: Real>: Sendable {
  case squared, halfSquared, absolute, logistic
  case huber(delta: Scalar)
}

extension Real {
  public static func distance(
    _ distance: Distance<Self>, _ y: [Self], _ t: [Self], columns: Int, weights: [Self]
  ) -> Double {
    switch distance {
    case .squared: sum(y, t, columns, weights) { ($0 - $1) * ($0 - $1) }
    case .halfSquared: sum(y, t, columns, weights) { ($0 - $1) * ($0 - $1) / 2 }
    case .absolute: sum(y, t, columns, weights) { Swift.abs($0 - $1) }
    case .huber(let delta):
      sum(y, t, columns, weights) {
        let d = Swift.abs($0 - $1)
        return d <= delta ? d * d / 2 : delta * (d - delta / 2)
      }
    case .logistic:
      // ln(1 + eᶻ) - t·z, without overflow on either side
      sum(y, t, columns, weights) { Swift.max($0, 0) - $0 * $1 + logOnePlus(exp(-Swift.abs($0))) }
    }
  }

  public static func distanceGradient(
    _ distance: Distance<Self>, _ y: [Self], _ t: [Self], columns: Int, factors: [Self]
  ) -> [Self] {
    switch distance {
    case .squared: each(y, t, columns, factors) { 2 * ($0 - $1) }
    case .halfSquared: each(y, t, columns, factors) { $0 - $1 }
    case .absolute: each(y, t, columns, factors) { $0 > $1 ? 1 : $0 < $1 ? -1 : $0 - $1 }
    case .huber(let delta): each(y, t, columns, factors) { Swift.min(Swift.max($0 - $1, -delta), delta) }
    case .logistic: each(y, t, columns, factors) { sigmoid($0) - $1 }
    }
  }

  @inline(__always)
  private static func sum(
    _ y: [Self], _ t: [Self], _ columns: Int, _ weights: [Self], _ distance: (Self, Self) -> Self
  ) -> Double {
    var total = 0.0
    for (row, weight) in weights.enumerated() {
      var sum = 0.0
      for i in row * columns..<(row + 1) * columns { sum += Double(distance(y[i], t[i])) }
      total += Double(weight) * sum
    }
    return total
  }

  @inline(__always)
  private static func each(
    _ y: [Self], _ t: [Self], _ columns: Int, _ factors: [Self], _ slope: (Self, Self) -> Self
  ) -> [Self] {
    var result = y
    for (row, factor) in factors.enumerated() {
      for i in row * columns..<(row + 1) * columns { result[i] = factor * slope(y[i], t[i]) }
    }
    return result
  }
}
