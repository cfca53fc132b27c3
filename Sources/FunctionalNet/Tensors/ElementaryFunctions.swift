// exp, log, tanh and what follows from them, made of additions, subtractions, multiplications and divisions alone. The C
// library's versions choose their instructions, and with them their last bits, by the processor; these give the same
// bits everywhere.
//
// Errors, in units in the last place (ulp) of the result, as the tests measure them against 60-digit references over the
// whole range of Double: exp and log below 1 ulp, sigmoid below 2, tanh and expMinusOne below 3, normalDistribution below
// 4. In Float all but sigmoid are those of Double rounded once, below 0.51 ulp, and sigmoid is below 2.

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
    return scaled(1 + expMinusOne(ofSmall: r), by: k)
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
    let m = power * expMinusOne(ofSmall: r) + (power - 1)
    return Double(signOf: x, magnitudeOf: m / (m + 2))
  }

  /// eˣ - 1, exact also near 0: with x = k·ln 2 + r, 2ᵏ·(eʳ - 1) + (2ᵏ - 1).
  public static func expMinusOne(_ x: Double) -> Double {
    if x > 709 { return exp(x) }
    if x < -40 { return -1 }
    if x.isNaN { return x }
    let (k, r) = reduced(x)
    let power = Double(bitPattern: UInt64(1023 + k) << 52)
    return power * expMinusOne(ofSmall: r) + (power - 1)
  }

  /// The distribution function of the standard normal distribution, Φ(x) = erfc(-x / √2) / 2.
  ///
  /// For z ≥ 0, erfc(z) is e^(-z²) / (1 + 2·z) times a polynomial in (z - 4) / (z + 4), which was fitted at Chebyshev's points
  /// for z up to 28, where erfc(z) is 0 in Double.
  public static func normalDistribution(_ x: Double) -> Double {
    let z = Swift.abs(x) * 0.5.squareRoot()
    if z > 27.5 { return x > 0 ? 1 : 0 }
    let s = (z - 4) / (z + 4)
    var series = 0.0
    for coefficient in complementaryErrorSeries { series = series * s + coefficient }
    let square = x * x
    let lost = (-square).addingProduct(x, x)  // what the square was rounded by
    let tail = series / (1 + 2 * z) * (exp(-square / 2) * (1 - lost / 2)) / 2
    return x > 0 ? 1 - tail : tail
  }

  private static let complementaryErrorSeries: [Double] = [
    1.263782858042137e-09, 1.868487385473519e-09, -1.4091982822555755e-08, -1.799947545903142e-08,
    1.1005996198640057e-07, 7.471952780500971e-08, -8.254699744871162e-07, 2.9377854943443786e-07,
    5.709784760966506e-06, -1.1222046316669005e-05, -2.439924428312988e-05, 0.00015062169704678355,
    -0.00019925668432389153, -0.0007577732973669146, 0.005031969975753176, -0.01619773405599449, 0.03716751553777026,
    -0.0663303658124095, 0.09373283499833023, -0.10103906603629459, 0.06809705425469323, 0.015379652102619558,
    -0.13962111684056253, 1.2329951186255526,
  ]

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
  private static func expMinusOne(ofSmall r: Double) -> Double {
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
  public static func expMinusOne(_ x: Float) -> Float { Float(Double.expMinusOne(Double(x))) }
  public static func normalDistribution(_ x: Float) -> Float { Float(Double.normalDistribution(Double(x))) }
}

extension Real {
  /// The logistic function 1 / (1 + e⁻ˣ), without overflow on either side.
  public static func sigmoid(_ x: Self) -> Self {
    let e = exp(-Swift.abs(x))
    return (x < 0 ? e : 1) / (1 + e)
  }

  /// ln(1 + x) for x ≥ 0, with all digits also near 0: what 1 + x rounds away is added back.
  static func logOnePlus(_ x: Self) -> Self {
    let sum = 1 + x
    return log(sum) + (x - (sum - 1)) / sum
  }

  /// The density of the standard normal distribution, φ(x) = e^(-x²/2) / √(2π).
  static func normalDensity(_ x: Self) -> Self { exp(-x * x / 2) / (2 * Self.pi).squareRoot() }
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
