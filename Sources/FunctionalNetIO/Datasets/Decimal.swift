/// Decimal numbers straight from bytes. What is read here is what `Double(String)` reads, to the last bit; what is
/// not so plain is left to it.
struct Decimal {
  /// 10ᵏ to 10²² and 5ᵏ to 5²⁷, which are exact.
  private let tens: [Double] = (0...22).map { power in (0..<power).reduce(1.0) { ten, _ in ten * 10 } }
  private let fives: [UInt64] = (0...27).map { power in (0..<power).reduce(1) { five, _ in five * 5 } }

  /// The same for all; whoever reads many numbers takes hold of it once.
  static let reader = Decimal()

  /// The number that begins at `at`: a sign or none, at most 19 digits that count with or without a point, and an
  /// exponent or none, such as `-12.5` or `6.02e23`.
  ///
  /// - Returns: nil where there is none, or none that a single exact step can make; otherwise `at` is behind it.
  @inline(__always)
  func number(_ bytes: UnsafePointer<UInt8>, _ at: inout Int, end: Int) -> Double? {
    var place = at
    let isNegative = place < end && bytes[place] == UInt8(ascii: "-")
    if isNegative { place += 1 }
    var mantissa: UInt64 = 0
    let start = place
    while place < end && bytes[place] == Self.zero { place += 1 }
    let first = place  // the first digit that counts
    Self.digits(bytes, &place, end, &mantissa)
    var counted = place - first
    var written = place - start
    var exponent = 0
    if place < end && bytes[place] == UInt8(ascii: ".") {
      place += 1
      let point = place
      if counted == 0 { while place < end && bytes[place] == Self.zero { place += 1 } }
      let first = place
      Self.digits(bytes, &place, end, &mantissa)
      counted += place - first
      written += place - point
      exponent = point - place
    }
    guard written > 0, counted <= 19 else { return nil }
    if place < end && bytes[place] | 0x20 == UInt8(ascii: "e") {
      guard let stated = Self.statedExponent(bytes, &place, end) else { return nil }
      exponent += stated
    }
    guard let magnitude = scaled(mantissa, exponent) else { return nil }
    at = place
    return isNegative ? -magnitude : magnitude
  }

  private static let zero = UInt8(ascii: "0")

  /// Digits from `place` on, appended to those of `value`. Of more than 19 the value is wrong; it is not used then.
  @inline(__always)
  private static func digits(
    _ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int, _ value: inout UInt64
  ) {
    while place + 8 <= end {
      let eight = UInt64(littleEndian: UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt64.self))
      // A byte is a digit where its upper half is 3, and still is with 6 added.
      let others = (eight & (eight &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0 ^ 0x3030_3030_3030_3030
      if others == 0 {
        value = value &* 100_000_000 &+ ofEight(eight)
        place += 8
        continue
      }
      let count = others.trailingZeroBitCount / 8
      if count == 0 { return }
      value = value &* powersOfTen(count) &+ ofEight(eight << UInt64(64 - 8 * count))
      place += count
      return
    }
    while place < end {
      let digit = bytes[place] &- zero
      guard digit < 10 else { break }
      value = value &* 10 &+ UInt64(digit)
      place += 1
    }
  }

  /// 10 to 10⁷.
  @inline(__always)
  private static func powersOfTen(_ power: Int) -> UInt64 {
    let square: UInt64 = power & 2 == 0 ? 1 : 100
    let fourth: UInt64 = power & 4 == 0 ? 1 : 10_000
    return (power & 1 == 0 ? 1 : 10) &* square &* fourth
  }

  /// The number of eight digits, the first of them in the lowest byte: neighbours are joined to pairs, pairs to fours,
  /// fours to all.
  @inline(__always)
  private static func ofEight(_ digits: UInt64) -> UInt64 {
    let ones = digits & 0x0F0F_0F0F_0F0F_0F0F
    let pairs = (ones &* (10 << 8 | 1)) >> 8 & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* (100 << 16 | 1)) >> 16 & 0x0000_FFFF_0000_FFFF
    return (fours &* (10_000 << 32 | 1)) >> 32
  }

  /// The exponent behind an `e`; nil where there is none, or one of more than four digits.
  private static func statedExponent(_ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int) -> Int? {
    place += 1
    guard place < end else { return nil }
    let isNegative = bytes[place] == UInt8(ascii: "-")
    if isNegative || bytes[place] == UInt8(ascii: "+") { place += 1 }
    let start = place
    var value: UInt64 = 0
    digits(bytes, &place, end, &value)
    guard (1...4).contains(place - start) else { return nil }
    return isNegative ? -Int(value) : Int(value)
  }

  /// `mantissa · 10^exponent`, rounded once; nil beyond what one step can do.
  ///
  /// Up to 2⁵³ and 10²² both are exact numbers, and so one product or quotient of them is rounded rightly. Otherwise
  /// 10ᵏ = 5ᵏ · 2ᵏ, and 5ᵏ is a 64-bit number up to k = 27: product or quotient are made of whole numbers, with at least
  /// 63 bits; the lowest is set where anything is left below it, so that the conversion to 53 bits rounds as if it saw all.
  @inline(__always)
  func scaled(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    if mantissa <= 1 << 53 && -22 <= exponent && exponent <= 22 {
      let ten = tens[abs(exponent)]
      return exponent < 0 ? Double(Int64(mantissa)) / ten : Double(Int64(mantissa)) * ten
    }
    if mantissa == 0 { return 0 }
    guard -27 <= exponent && exponent <= 27 else { return nil }
    let five = fives[abs(exponent)]
    if exponent < 0 {
      let (up, fiveUp) = (mantissa.leadingZeroBitCount, five.leadingZeroBitCount)
      let (upper, divisor) = (mantissa << UInt64(up), five << UInt64(fiveUp))
      let (quotient, rest) = divisor.dividingFullWidth((upper >> 1, upper << 63))
      return Double(quotient | (rest == 0 ? 0 : 1)) * Self.powerOfTwo(fiveUp - up - 63 + exponent)
    }
    let (high, low) = mantissa.multipliedFullWidth(by: five)
    if high == 0 { return Double(low) * Self.powerOfTwo(exponent) }
    let up = high.leadingZeroBitCount
    let upper = high << UInt64(up) | low >> UInt64(64 - up)
    return Double(upper | (low << UInt64(up) == 0 ? 0 : 1)) * Self.powerOfTwo(64 - up + exponent)
  }

  /// For exponents of normal numbers.
  @inline(__always)
  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: 1023 &+ exponent) << 52)
  }
}
