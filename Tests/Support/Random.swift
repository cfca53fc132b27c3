import FunctionalNet

/// A stream of random test data; the same for the same seed.
public struct Random {
  private let root: Key
  private var index = 0

  public init(seed: Int) { root = Key(UInt64(seed)) }

  public mutating func key() -> Key {
    defer { index += 1 }
    return root.child(index)
  }

  public mutating func int(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + key().below(range.count)
  }

  public mutating func element<T>(_ values: [T]) -> T { values[int(0...values.count - 1)] }

  public mutating func double(_ range: ClosedRange<Double> = 0...1) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * key().unit()
  }

  public mutating func normal<S: Real>(_ shape: [Int], scale: Double = 1) -> Tensor<S> {
    .normal(shape, standardDeviation: scale, key: key())
  }

  public mutating func labels(_ count: Int, classes: Int) -> Labels {
    Labels((0..<count).map { _ in int(0...classes - 1) })
  }

  public mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(int(0...255)) } }

  /// A two-layer network of random shape and a batch for it; no parameter is zero.
  public mutating func twoLayerCase<S: Real>(_ type: S.Type = S.self) -> (params: Params<S>, x: Tensor<S>, y: Labels) {
    let (n, inputs, hidden, classes) = (int(1...9), int(1...8), int(1...9), int(2...6))
    let scale = double(0.2...2)
    let params = Params<S>(
      w1: normal([inputs, hidden], scale: scale), b1: normal([hidden], scale: scale),
      w2: normal([hidden, classes], scale: scale), b2: normal([classes], scale: scale))
    return (params, normal([n, inputs]), labels(n, classes: classes))
  }
}

/// Seeds for a property's cases. Swift Testing prints the seed of a case that fails.
public func seeds(_ count: Int) -> Range<Int> { 0..<count }
