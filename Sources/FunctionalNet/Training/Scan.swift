extension Sequence {
  /// The results of `reduce` after each element, computed as they are asked for. The last one is what `reduce` returns.
  public func scan<Result>(
    _ initial: Result, _ combine: @escaping (Result, Element) -> Result
  ) -> LazySequence<Scan<Self, Result>> {
    Scan(base: self, initial: initial, combine: combine).lazy
  }
}

/// A fold that shows each of its intermediate results; made by `scan`.
public struct Scan<Base: Sequence, Result>: Sequence {
  let base: Base
  let initial: Result
  let combine: (Result, Base.Element) -> Result

  public func makeIterator() -> Iterator { Iterator(base: base.makeIterator(), result: initial, combine: combine) }

  public struct Iterator: IteratorProtocol {
    var base: Base.Iterator
    var result: Result
    let combine: (Result, Base.Element) -> Result

    public mutating func next() -> Result? {
      guard let element = base.next() else { return nil }
      result = combine(result, element)
      return result
    }
  }
}
