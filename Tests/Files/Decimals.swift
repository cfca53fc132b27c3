import TestSupport
import Testing

@testable import FunctionalNetIO

@Suite struct Decimals {
  private func number(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    var at = 0
    let value = bytes.withUnsafeBufferPointer { Decimal.reader.number($0.baseAddress!, &at, end: bytes.count) }
    return at == bytes.count ? value : nil
  }

  /// Where a number is read the short way it is the one that `Double(String)` reads, for any digits and any exponent.
  @Test(arguments: seeds(100)) func theyAreExact(seed: Int) throws {
    var random = Random(seed: seed)
    var short = 0
    for _ in 0..<200 {
      var digits = (0..<random.int(1...random.element([4, 8, 17, 19, 21]))).map { _ in "\(random.int(0...9))" }.joined()
      if random.int(0...3) == 0 { digits = String(repeating: "0", count: random.int(1...9)) + digits }
      if random.int(0...3) > 0 {
        digits.insert(".", at: digits.index(digits.startIndex, offsetBy: random.int(0...digits.count)))
      }
      let exponent = random.element([
        "", "", "e\(random.int(-30...30))", "E+\(random.int(0...9))", "e-0\(random.int(0...9))",
      ])
      let text = random.element(["", "-"]) + digits + exponent
      guard let found = number(text) else { continue }
      short += 1
      #expect(found.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
    #expect(short > 100)
  }

  /// Halfway between two neighbours, and the least bit above and below, over all exponents that are read the short way.
  @Test(arguments: seeds(20)) func tiesAreExact(seed: Int) throws {
    var random = Random(seed: seed)
    for _ in 0..<200 {
      let odd = (1 << 53 | random.int(0...1 << 53 - 1)) << 1 | 1  // of 54 bits and odd: between two numbers
      let digits = random.element([odd, odd - 1, odd + 1, odd << 8, odd << 8 + 1, odd << 8 - 1])
      let text = "\(digits)e\(random.int(-27...27))"
      #expect(number(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
  }

  @Test(arguments: [
    "", "-", ".", "-.", "e5", "1e", "1e+", "--1", "1.2.3", "1e99999", "0x10", "nan", "+1", "12345678901234567890",
  ])
  func otherTextsAreLeft(text: String) { #expect(number(text) == nil) }

  @Test(arguments: [
    ("5.", 5), (".5", 0.5), ("-0", -0.0), ("007", 7), ("0.000e5", 0), ("12345678", 12_345_678), ("1E2", 100),
  ])
  func shortOnes(text: String, value: Double) { #expect(number(text)?.bitPattern == value.bitPattern) }
}
