/// The source of all randomness, as a value: a key gives the same numbers each time it is asked, and keys of its own to
/// hand on. Where other libraries keep a generator and its hidden state, here step t of training and layer i of a network
/// each get `key.child(t)` and `key.child(i)`.
///
/// The numbers are Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// a function of the key and a counter, the same on every machine and in every version of this library.
public struct Key: Hashable, Sendable {
  let word0: UInt32
  let word1: UInt32

  init(_ word0: UInt32, _ word1: UInt32) { (self.word0, self.word1) = (word0, word1) }

  /// The key of a seed.
  public init(_ seed: UInt64) { self.init(UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)) }

  /// The key as one number, such that `Key(key.seed) == key`.
  public var seed: UInt64 { UInt64(word1) << 32 | UInt64(word0) }

  /// The key with this number below this one. Children, their children and so on are independent of each other and of
  /// the numbers drawn from this key.
  ///
  /// - Precondition: `0 <= index < 2⁶²`.
  public func child(_ index: Int) -> Key {
    let (a, b) = block(index, .child)
    return Key(a, b)
  }

  /// A random 64-bit number; another one for each index.
  public func bits(_ index: Int = 0) -> UInt64 {
    let (a, b) = block(index, .bits)
    return UInt64(b) << 32 | UInt64(a)
  }

  /// A random number in `[0, 1)`, a multiple of 2⁻⁵³; another one for each index.
  public func unit(_ index: Int = 0) -> Double { Double(bits(index) >> 11) * 0x1p-53 }

  /// A whole number in `0..<bound`; another one for each index. None is more likely than another by over bound / 2⁶⁴.
  public func below(_ bound: Int, _ index: Int = 0) -> Int {
    require(bound > 0, "there is no whole number in 0..<\(bound)")
    return Int(bits(index).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number from the standard normal distribution, by Marsaglia's polar method; another one for each index.
  ///
  /// - Precondition: `0 <= index < 2³²`.
  public func gaussian(_ index: Int = 0) -> Double {
    for attempt in 0... {
      let (a, b) = block(index + attempt << 32, .normal)
      let u = (Double(a) + 0.5) * 0x1p-31 - 1
      let v = (Double(b) + 0.5) * 0x1p-31 - 1
      let s = u * u + v * v
      if s < 1 { return u * (-2 * Double.log(s) / s).squareRoot() }
    }
    fatalError("an endless loop ended")
  }

  /// The numbers `0..<count` in random order (Fisher and Yates).
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, below(i + 1, i)) }
    return order
  }

  // MARK: Threefry

  /// What a block of numbers is for: the top two bits of the counter, so that no two uses share a block.
  private enum Use: UInt32 {
    case bits = 0
    case child = 1
    case normal = 2
  }

  private func block(_ index: Int, _ use: Use) -> (UInt32, UInt32) {
    require(0 <= index && index < 1 << 62, "the index \(index) of a random number is not in 0..<2⁶²")
    return Key.threefry(
      key: (word0, word1), counter: (UInt32(truncatingIfNeeded: index), UInt32(index >> 32) | use.rawValue << 30))
  }

  /// Threefry-2x32-20.
  static func threefry(key: (UInt32, UInt32), counter: (UInt32, UInt32)) -> (UInt32, UInt32) {
    let keys = (key.0, key.1, 0x1BD1_1BDA ^ key.0 ^ key.1)
    var (x, y) = (counter.0 &+ keys.0, counter.1 &+ keys.1)

    @inline(__always) func mix(_ rotation: UInt32) {
      x = x &+ y
      y = (y << rotation | y >> (32 - rotation)) ^ x
    }
    @inline(__always) func rounds(
      _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, thenAdd first: UInt32, _ second: UInt32
    ) {
      mix(a)
      mix(b)
      mix(c)
      mix(d)
      x = x &+ first
      y = y &+ second
    }

    rounds(13, 15, 26, 6, thenAdd: keys.1, keys.2 &+ 1)
    rounds(17, 29, 16, 24, thenAdd: keys.2, keys.0 &+ 2)
    rounds(13, 15, 26, 6, thenAdd: keys.0, keys.1 &+ 3)
    rounds(17, 29, 16, 24, thenAdd: keys.1, keys.2 &+ 4)
    rounds(13, 15, 26, 6, thenAdd: keys.2, keys.0 &+ 5)
    return (x, y)
  }
}

// MARK: Many at once

extension Real {
  public static func uniform(_ count: Int, from low: Double, to high: Double, key: Key) -> [Self] {
    (0..<count).map { Self(low + (high - low) * key.unit($0)) }
  }

  public static func normal(_ count: Int, mean: Double, standardDeviation: Double, key: Key) -> [Self] {
    (0..<count).map { Self(mean + standardDeviation * key.gaussian($0)) }
  }
}

extension Tensor {
  /// Numbers spread evenly over `[low, high)`, up to rounding. The Float tensor of a key is the Double tensor rounded.
  public static func uniform(_ shape: [Int], from low: Double = 0, to high: Double = 1, key: Key) -> Tensor {
    Tensor(shape: shape, elements: Scalar.uniform(shape.reduce(1, *), from: low, to: high, key: key))
  }

  /// Numbers from a normal distribution. The Float tensor of a key is the Double tensor rounded.
  public static func normal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, key: Key
  ) -> Tensor {
    Tensor(
      shape: shape,
      elements: Scalar.normal(shape.reduce(1, *), mean: mean, standardDeviation: standardDeviation, key: key))
  }
}
