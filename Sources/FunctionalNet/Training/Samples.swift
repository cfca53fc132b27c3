/// Inputs with what a network should say to them, such as their classes: a data set, a part of one, or a batch.
public struct Samples<Scalar: Real>: Sendable {
  /// The data set that these samples are from, and which of its rows they are; all of them where that is nil.
  let source: Inputs<Scalar>
  let sourceTargets: Targets<Scalar>
  let selection: ArraySlice<Int>?

  /// - Precondition: one label for each row of `x`.
  public init(x: Tensor<Scalar>, y: Labels) { self.init(x: x, targets: .labels(y)) }

  /// - Precondition: one target for each row of `x`.
  public init(x: Tensor<Scalar>, targets: Targets<Scalar>) {
    require(
      !x.shape.isEmpty && x.rowCount == targets.count, "\(targets.count) targets for inputs of shape \(x.shape)")
    self.init(Inputs(x), targets, at: nil)
  }

  /// Samples whose inputs stay the bytes that they are, such as pixels, until they are used; byte b stands for the number
  /// `levels[b]`.
  ///
  /// - Precondition: `shape` begins with the number of labels and has as many elements as there are bytes; 256 levels.
  public init(bytes: [UInt8], shape: [Int], levels: [Scalar], y: Labels) {
    require(!shape.isEmpty && shape[0] == y.count, "\(y.count) labels for inputs of shape \(shape)")
    require(shape.reduce(1, *) == bytes.count, "\(bytes.count) bytes for inputs of shape \(shape)")
    require(levels.count == 256, "a byte has 256 levels, not \(levels.count)")
    self.init(Inputs(shape: shape, elements: .bytes(bytes, levels: levels)), .labels(y), at: nil)
  }

  /// Samples that have no targets, for functions that need none.
  public init(unlabelled x: Tensor<Scalar>) { self.init(Inputs(x), .labels([]), at: nil) }

  private init(_ source: Inputs<Scalar>, _ targets: Targets<Scalar>, at selection: ArraySlice<Int>?) {
    (self.source, sourceTargets, self.selection) = (source, targets, selection)
  }

  /// The inputs, `[samples, ...]`.
  public var x: Tensor<Scalar> { (selection.map { source.rows(at: $0) } ?? source).tensor }
  public var targets: Targets<Scalar> { selection.map { sourceTargets.rows(at: $0) } ?? sourceTargets }

  /// The classes.
  ///
  /// - Precondition: the samples have classes.
  public var y: Labels { selection.map { rows in Labels(rows.map { sourceLabels.indices[$0] }) } ?? sourceLabels }

  /// Whether these samples have classes and nothing else that a loss would count.
  var haveOnlyLabels: Bool { sourceTargets.weights == nil && sourceTargets.labels != nil }

  var sourceLabels: Labels {
    guard let labels = sourceTargets.labels else { fatalError("these samples have numbers for targets, not classes") }
    return labels
  }

  public var count: Int { selection?.count ?? source.rowCount }

  /// The shape of one sample.
  public var sampleShape: [Int] { Array(source.shape.dropFirst()) }

  /// The number of inputs of a sample.
  public var inputCount: Int { source.rowSize }

  /// The samples at these positions, in this order. They are gathered when their inputs are asked for.
  public subscript(indices: some Collection<Int>) -> Samples {
    let positions = indices.map { index in
      require(0 <= index && index < count, "no sample \(index) among \(count)")
      return selection.map { $0[$0.startIndex + index] } ?? index
    }
    return Samples(source, sourceTargets, at: positions[...])
  }

  /// The same samples with inputs of another shape: `[channels, height, width]` for images, or a vector.
  ///
  /// - Precondition: the shape has as many numbers as a sample.
  public func reshaped(_ sampleShape: [Int]) -> Samples {
    Samples(source.reshaped(sampleShape), sourceTargets, at: selection)
  }

  /// The samples of the whole data set at some positions of an array that is there already; all of them where that is nil.
  func at(_ positions: ArraySlice<Int>?) -> Samples { Samples(source, sourceTargets, at: positions) }
}

extension Samples: Equatable {
  public static func == (a: Samples, b: Samples) -> Bool { a.targets == b.targets && a.x == b.x }
}

// MARK: Batches

extension Samples {
  /// All samples once, in an order drawn from `key`, `size` at a time; the last batch holds what is left.
  ///
  /// - Precondition: `size > 0`.
  public func batches(of size: Int, key: Key) -> Batches<Scalar> {
    let order = key.permutation(count)
    guard let selection else { return Batches(samples: self, order: order, size: size) }
    let first = selection.startIndex
    return Batches(samples: at(nil), order: order.map { selection[first + $0] }, size: size)
  }

  /// The batches of several epochs, one after the other; epoch e is shuffled with `key.child(e)`.
  public func batches(of size: Int, epochs: Range<Int>, key: Key) -> some Sequence<Samples> {
    epochs.lazy.flatMap { batches(of: size, key: key.child($0)) }
  }
}

/// The number of batches of a size that some samples make, the last of them perhaps smaller.
public func batchCount(_ samples: Int, of size: Int) -> Int { samples == 0 ? 0 : (samples - 1) / size + 1 }

/// The batches of one epoch; each is gathered when it is asked for.
public struct Batches<Scalar: Real>: RandomAccessCollection, Sendable {
  let samples: Samples<Scalar>
  let order: [Int]
  let size: Int

  init(samples: Samples<Scalar>, order: [Int], size: Int) {
    require(size > 0, "a batch holds at least one sample, not \(size)")
    (self.samples, self.order, self.size) = (samples, order, size)
  }

  /// The batches one after the other; unlike the iterator of all collections it allocates nothing.
  public struct Iterator: IteratorProtocol {
    private let batches: Batches
    private var index = 0

    fileprivate init(_ batches: Batches) { self.batches = batches }

    public mutating func next() -> Samples<Scalar>? {
      guard index < batches.endIndex else { return nil }
      defer { index += 1 }
      return batches[index]
    }
  }

  public func makeIterator() -> Iterator { Iterator(self) }

  /// The batches from one on.
  ///
  /// - Precondition: 0 <= first <= count.
  public func from(_ first: Int) -> Batches {
    Batches(samples: samples, order: Array(order.dropFirst(first * size)), size: size)
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { batchCount(order.count, of: size) }

  public subscript(index: Int) -> Samples<Scalar> {
    samples.at(order[index * size..<index * size + Swift.min(size, order.count - index * size)])
  }
}

// MARK: Splitting

extension Labels {
  /// The positions of a training part and of a test part: shuffled by `key`, and stratified, so that each class has its
  /// share in both parts. The test part has `fraction` of all samples, rounded; a class of one sample stays in training.
  /// Both lists are in ascending order.
  public func stratifiedSplit(testFraction fraction: Double, key: Key) -> (training: [Int], test: [Int]) {
    let classes = Dictionary(grouping: indices.indices) { indices[$0] }.sorted { $0.key < $1.key }.map(\.value)
    let shares = classes.map { Double($0.count) * fraction }
    var counts = zip(shares, classes).map { Swift.min(Int($0), $1.count - 1) }
    let total = Int((Double(count) * fraction).rounded())
    let byRemainder = shares.indices.sorted {
      (Double(counts[$0]) - shares[$0], $0) < (Double(counts[$1]) - shares[$1], $1)
    }
    for c in byRemainder where counts.reduce(0, +) < total && counts[c] < classes[c].count - 1 { counts[c] += 1 }
    let test = Set(
      classes.indices.flatMap { c in
        key.child(c).permutation(classes[c].count).prefix(counts[c]).map { classes[c][$0] }
      })
    return (indices.indices.filter { !test.contains($0) }, test.sorted())
  }
}
