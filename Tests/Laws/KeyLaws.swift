import TestSupport
import Testing

@testable import FunctionalNet

@Suite struct KeyLaws {
  /// The answers that Random123 publishes for threefry2x32 with 20 rounds (its file kat_vectors).
  @Test func threefryGivesThePublishedAnswers() {
    #expect(Key.threefry(key: (0, 0), counter: (0, 0)) == (0x6b20_0159, 0x99ba_4efe))
    let ones = UInt32.max
    #expect(Key.threefry(key: (ones, ones), counter: (ones, ones)) == (0x1cb9_96fc, 0xbb00_2be7))
    #expect(
      Key.threefry(key: (0x1319_8a2e, 0x0370_7344), counter: (0x243f_6a88, 0x85a3_08d3)) == (0xc492_3a9c, 0x483d_f7a0))
  }

  /// These numbers may never change: saved seeds must keep their meaning.
  @Test func numbersArePinned() {
    let key = Key(42)
    #expect(key.bits() == 0x4f6c_c618_de79_f4b9 && key.child(3).bits(7) == 0xcadc_9677_cfa0_e35f)
    #expect(Key(1 << 40).bits() == 5_616_163_267_467_213_857)
    #expect(key.unit(1) == 0.9927533956129645 && key.below(1000) == 310)
    #expect(key.gaussian(0) == -0.2948161822403257 && key.gaussian(5) == 3.128982344843386)
    #expect(key.permutation(10) == [9, 1, 7, 8, 5, 0, 4, 6, 3, 2])
  }

  @Test func theSameKeyGivesTheSameNumbers() {
    #expect(Key(7).child(3).bits(5) == Key(7).child(3).bits(5))
    #expect(Tensor<Float>.normal([20], key: Key(1)) == .normal([20], key: Key(1)))
    #expect(Key(Key(123_456_789_012).seed) == Key(123_456_789_012))
  }

  @Test func keysChildrenAndNumbersDiffer() {
    var seen: Set<UInt64> = []
    for seed in 0..<20 {
      let key = Key(UInt64(seed))
      for index in 0..<50 {
        seen.insert(key.bits(index))
        seen.insert(key.child(index).seed)
        seen.insert(key.child(index).bits())
      }
    }
    #expect(seen.count == 20 * 50 * 3)
  }

  @Test func floatIsDoubleRounded() {
    #expect(
      Tensor<Float>.uniform([100], from: -3, to: 5, key: Key(4))
        == Tensor<Double>.uniform([100], from: -3, to: 5, key: Key(4)).converted())
    #expect(Tensor<Float>.normal([100], key: Key(4)) == Tensor<Double>.normal([100], key: Key(4)).converted())
  }

  // The seeds are fixed, so these either always pass or never; the bounds are those of a 1 in 10,000 accident.

  @Test func uniformNumbersAreUniform() {
    let n = 20_000
    let numbers = (0..<n).map { Key(11).unit($0) }
    #expect(numbers.allSatisfy { 0 <= $0 && $0 < 1 })
    var buckets = [Int](repeating: 0, count: 64)
    for number in numbers { buckets[Int(number * 64)] += 1 }
    #expect(chiSquared(buckets, expected: Double(n) / 64) < 112)  // 63 degrees of freedom
    #expect(abs(covariance(numbers, Array(numbers.dropFirst()))) < 3.9 * Double(n).squareRoot())  // neighbours
    #expect(abs(covariance(numbers, (0..<n).map { Key(11).child($0).unit() })) < 3.9 * Double(n).squareRoot())
  }

  /// The sum over pairs of uniform numbers, in units of the standard deviation of one product.
  private func covariance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0.0) { sum, pair in sum + 12 * (pair.0 - 0.5) * (pair.1 - 0.5) }
  }

  @Test func everyBitIsFair() {
    let n = 4_000
    for bit in 0..<64 {
      let ones = (0..<n).lazy.filter { Key(5).bits($0) >> UInt64(bit) & 1 == 1 }.count
      #expect(abs(Double(ones) - Double(n) / 2) < 4.3 * (Double(n) / 4).squareRoot(), "bit \(bit)")
    }
  }

  @Test func normalNumbersAreNormal() {
    let n = 20_000
    let numbers = (0..<n).map { Key(12).gaussian($0) }
    let root = Double(n).squareRoot()
    func moment(_ power: Int) -> Double {
      numbers.reduce(0) { sum, z in sum + (0..<power).reduce(1.0) { product, _ in product * z } } / Double(n)
    }
    #expect(abs(moment(1)) < 3.9 / root)
    #expect(abs(moment(2) - 1) < 3.9 * 2.0.squareRoot() / root)
    #expect(abs(moment(3)) < 3.9 * 15.0.squareRoot() / root)
    #expect(abs(moment(4) - 3) < 3.9 * 96.0.squareRoot() / root)
    let beyondTwo = numbers.lazy.filter { abs($0) > 2 }.count
    #expect(abs(Double(beyondTwo) - 0.0455 * Double(n)) < 3.9 * (0.0455 * 0.9545 * Double(n)).squareRoot())
  }

  @Test func boundedNumbersAreFair() {
    var buckets = [Int](repeating: 0, count: 7)
    for index in 0..<14_000 { buckets[Key(13).below(7, index)] += 1 }
    #expect(chiSquared(buckets, expected: 2_000) < 27.9)  // 6 degrees of freedom
  }

  @Test func permutationsAreFair() {
    var counts: [[Int]: Int] = [:]
    for seed in 0..<4_800 { counts[Key(UInt64(seed)).permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(chiSquared(Array(counts.values), expected: 200) < 57)  // 23 degrees of freedom
    #expect(Key(1).permutation(0) == [] && Key(1).permutation(1) == [0])
    #expect(Set(Key(2).permutation(1000)) == Set(0..<1000))
  }

  private func chiSquared(_ counts: [Int], expected: Double) -> Double {
    counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }
}
