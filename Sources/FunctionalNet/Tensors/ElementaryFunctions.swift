// exp, log, tanh and what follows from them, made of additions, subtractions, multiplications and divisions alone. The C
// library's versions choose their instructions, and with them their last bits, by the processor; these give the same
// bits everywhere.
//
// Errors, in units in the last place (ulp) of the result, as the tests measure them against 60-digit references over the
// whole range of Double: exp and log below 1 ulp, sigmoid below 2, tanh below 3. In Float, exp, log and tanh are those of
// Double rounded once, below 0.51 ulp, and sigmoid is below 2.

import CKernels

extension Double {
  /// eˣ: 0 below about -745.13, infinite above about 709.78.
  ///
  /// With x = k·ln 2 + r and |r| ≤ ln 2 / 2, eˣ = 2ᵏ·eʳ, where eʳ is its Taylor series.
  public static func exp(_ x: Double) -> Double {
    if x > 709.8 { return .infinity }
    if x < -745.2 { return 0 }
    if x.isNaN { return x }
    let (k, r) = reduced(x)
    return scaled(1 + expMinusOne(r), by: k)
  }

  /// The natural logarithm: -∞ at zero, not a number below.
  ///
  /// With x = 2ᵉ·(1 + f) and √½ ≤ 1 + f < √2, ln x = e·ln 2 + ln(1 + f). With s = f / (2 + f), ln(1 + f) is twice the
  /// series s + s³/3 + s⁵/5 + …, in which 2s is written f - s·f, so that f, which is exact, carries the result.
  public static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    let isDenormal = x < leastNormalMagnitude
    let bits = (isDenormal ? x * 0x1p54 : x).bitPattern
    let belowRootTwo = (bits & 0x000F_FFFF_FFFF_FFFF) < 0x0006_A09E_667F_3BCD
    let e = Int(bits >> 52) - (belowRootTwo ? 1023 : 1022) - (isDenormal ? 54 : 0)
    let mantissa = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | (belowRootTwo ? 0x3FF << 52 : 0x3FE << 52))
    let f = mantissa - 1
    let s = f / (2 + f)
    let z = s * s
    var series = 2.0 / 21
    series = series * z + 2.0 / 19
    series = series * z + 2.0 / 17
    series = series * z + 2.0 / 15
    series = series * z + 2.0 / 13
    series = series * z + 2.0 / 11
    series = series * z + 2.0 / 9
    series = series * z + 2.0 / 7
    series = series * z + 2.0 / 5
    series = series * z + 2.0 / 3
    series = series * z
    return Double(e) * ln2High + (f - (s * (f - series) - Double(e) * ln2Low))
  }

  /// The hyperbolic tangent: m / (m + 2) with m = e²ˣ - 1, odd in x.
  public static func tanh(_ x: Double) -> Double {
    let magnitude = Swift.abs(x)
    if magnitude > 22 { return x < 0 ? -1 : 1 }
    if x.isNaN { return x }
    let (k, r) = reduced(2 * magnitude)
    let power = Double(bitPattern: UInt64(1023 + k) << 52)
    let m = power * expMinusOne(r) + (power - 1)
    return Double(signOf: x, magnitudeOf: m / (m + 2))
  }

  /// ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
  private static let ln2High = 0x1.62e42feep-1
  private static let ln2Low = 0x1.a39ef35793c76p-33

  /// The whole number k and the rest r with x = k·ln 2 + r.
  @inline(__always)
  private static func reduced(_ x: Double) -> (k: Int, r: Double) {
    let shift = 0x1.8p52  // added and subtracted again, it rounds to the nearest whole number
    let k = (x * 0x1.71547652b82fep+0 + shift) - shift
    return (Int(k), (x - k * ln2High) - k * ln2Low)
  }

  /// eʳ - 1 for |r| ≤ ln 2 / 2: r + r²/2! + r³/3! + … + r¹³/13!.
  @inline(__always)
  private static func expMinusOne(_ r: Double) -> Double {
    var series = 1.0 / 6_227_020_800
    series = series * r + 1.0 / 479_001_600
    series = series * r + 1.0 / 39_916_800
    series = series * r + 1.0 / 3_628_800
    series = series * r + 1.0 / 362_880
    series = series * r + 1.0 / 40_320
    series = series * r + 1.0 / 5_040
    series = series * r + 1.0 / 720
    series = series * r + 1.0 / 120
    series = series * r + 1.0 / 24
    series = series * r + 1.0 / 6
    series = series * r + 1.0 / 2
    return r + r * r * series
  }

  /// y·2ᵏ in two steps, the first of them exact, so that a denormal result is rounded once.
  @inline(__always)
  private static func scaled(_ y: Double, by k: Int) -> Double {
    let half = k >> 1
    return y * Double(bitPattern: UInt64(1023 + half) << 52) * Double(bitPattern: UInt64(1023 + k - half) << 52)
  }
}

extension Float {
  public static func exp(_ x: Float) -> Float { Float(Double.exp(Double(x))) }
  public static func log(_ x: Float) -> Float { Float(Double.log(Double(x))) }
  public static func tanh(_ x: Float) -> Float { Float(Double.tanh(Double(x))) }
}

extension Real {
  /// The logistic function 1 / (1 + e⁻ˣ), without overflow on either side.
  public static func sigmoid(_ x: Self) -> Self {
    let e = exp(-Swift.abs(x))
    return (x < 0 ? e : 1) / (1 + e)
  }
}

// MARK: Many numbers at a time

extension Float {
  public static func exp(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
    fn_exp_f32(InstructionSet.current.code, count, x, y)
  }

  public static func relu(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
    fn_relu_f32(InstructionSet.current.code, count, x, y)
  }
}

extension Double {
  public static func exp(_ x: UnsafePointer<Double>, count: Int, into y: UnsafeMutablePointer<Double>) {
    fn_exp_f64(InstructionSet.current.code, count, x, y)
  }

  public static func relu(_ x: UnsafePointer<Double>, count: Int, into y: UnsafeMutablePointer<Double>) {
    fn_relu_f64(InstructionSet.current.code, count, x, y)
  }
}
