/// The parameters and velocities of a two-layer network, arranged so that threads can work on them side by side.
///
/// The hidden units are cut into panels of one to four lines of memory (64 bytes each). A panel's columns of `w1` lie
/// together, `[inputs, width]`, and so do its rows of `w2`, `[width, classes]`, padded to whole lines. So a thread that owns
/// some of the panels writes only to lines of its own. What pads is zero and stays zero.
public final class PackedTwoLayer<Scalar: Real>: PackedMoment<Params<Scalar>>, @unchecked Sendable {
  let inputs: Int
  let hidden: Int
  let classes: Int

  /// The hidden units and the classes with their padding.
  let paddedHidden: Int
  let paddedClasses: Int

  /// The hidden units of each panel.
  let panels: [Range<Int>]

  /// Whether all of `w1` is finite, so that zeros among the inputs may be skipped.
  var canSkipZeros: Bool

  /// Whether all other parameters are finite.
  var isRestFinite: Bool

  /// For each panel, its rows of `w2` transposed, `[classes, width]`.
  let w2Transposed: UnsafeMutablePointer<Scalar>

  /// Parameters, in memory of their own, and behind them their velocities in the same arrangement.
  private let numbers: UnsafeMutablePointer<Scalar>
  private let half: Int
  private let count: Int
  private let ownMemory = LineMemory()

  /// What a step writes down on its way; not part of the value.
  private var workspace: TwoLayerWorkspace<Scalar>?

  private init(
    inputs: Int, hidden: Int, classes: Int, panels: [Range<Int>], canSkipZeros: Bool, isRestFinite: Bool,
    hasVelocity: Bool
  ) {
    (self.inputs, self.hidden, self.classes) = (inputs, hidden, classes)
    (self.panels, self.canSkipZeros, self.isRestFinite) = (panels, canSkipZeros, isRestFinite)
    paddedHidden = Self.padded(hidden)
    paddedClasses = Self.padded(classes)
    half = paddedHidden * (inputs + 1) + (paddedHidden + 1) * paddedClasses
    count = hasVelocity ? 2 * half : half
    numbers = ownMemory.allocate(count)
    w2Transposed = ownMemory.allocate(paddedHidden * classes)
  }

  /// - Parameter velocity: nil where the parameters are not to be changed.
  convenience init(_ params: Params<Scalar>, velocity: Params<Scalar>?) {
    let hidden = params.b1.count
    self.init(
      inputs: params.w1.shape[0], hidden: hidden, classes: params.b2.count,
      panels: Self.panels(hidden, threads: Threads.count), canSkipZeros: params.w1.isFinite,
      isRestFinite: params.b1.isFinite && params.w2.isFinite && params.b2.isFinite, hasVelocity: velocity != nil)
    numbers.initialize(repeating: 0, count: count)
    arrange(params, at: 0)
    if let velocity { arrange(velocity, at: half) }
    for panel in panels { transposeW2(panel) }
  }

  /// A copy that nobody else holds.
  func copy() -> PackedTwoLayer {
    let copy = PackedTwoLayer(
      inputs: inputs, hidden: hidden, classes: classes, panels: panels, canSkipZeros: canSkipZeros,
      isRestFinite: isRestFinite, hasVelocity: count > half)
    copy.numbers.initialize(from: numbers, count: count)
    copy.w2Transposed.initialize(from: w2Transposed, count: paddedHidden * classes)
    return copy
  }

  /// The numbers in a line of memory, and a count rounded up to whole lines.
  private static var line: Int { 64 / MemoryLayout<Scalar>.stride }
  private static func padded(_ count: Int) -> Int { LineMemory.padded(count, Scalar.self) }

  /// Panels of up to four lines: as many for each thread, unless there would be none for some.
  private static func panels(_ hidden: Int, threads: Int) -> [Range<Int>] {
    let lines = padded(hidden) / line
    let fewest = (lines + 3) / 4
    let count = fewest < threads ? fewest : min((fewest + threads - 1) / threads * threads, lines)
    return (0..<count).map { lines * $0 / count * line..<lines * ($0 + 1) / count * line }
  }

  // MARK: Places

  /// Where things are: parameters, and `velocity` further on, their velocities.
  var w1: UnsafeMutablePointer<Scalar> { numbers }
  var b1: UnsafeMutablePointer<Scalar> { numbers + paddedHidden * inputs }
  var w2: UnsafeMutablePointer<Scalar> { numbers + paddedHidden * (inputs + 1) }
  var b2: UnsafeMutablePointer<Scalar> { numbers + paddedHidden * (inputs + 1 + paddedClasses) }
  var velocity: Int { half }

  /// Renews the transposed `w2` of a panel.
  func transposeW2(_ panel: Range<Int>) {
    let (width, classes, padded) = (panel.count, classes, paddedClasses)
    let (source, target) = (w2 + panel.lowerBound * padded, w2Transposed + panel.lowerBound * classes)
    for unit in 0..<width {
      for c in 0..<classes { target[c * width + unit] = source[unit * padded + c] }
    }
  }

  /// Room for a batch of this size.
  func workspace(samples: Int) -> TwoLayerWorkspace<Scalar> {
    if let workspace, workspace.samples >= samples { return workspace }
    let larger = TwoLayerWorkspace(self, samples: samples)
    workspace = larger
    return larger
  }

  // MARK: Forward

  /// The activations of the units of a panel for some samples: relu(x·w1 + b1).
  func activate(_ units: Range<Int>, _ count: Int, _ x: InputRows<Scalar>, into hidden: UnsafeMutablePointer<Scalar>) {
    let first = units.lowerBound
    _ = Scalar.multiply(
      count, units.count, inputs, x, RowPointer(w1 + first * inputs, row: units.count), finish: .reluOfBiased,
      with: RowPointer(b1 + first, row: 0), into: RowPointer(hidden + first, row: paddedHidden))
  }

  /// The scores of some samples, in rows of `paddedClasses`: h·w2 + b2.
  func score(
    _ hidden: UnsafeMutablePointer<Scalar>, _ count: Int, into scores: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.multiply(
      count, paddedClasses, self.hidden, MatrixPointer(hidden, row: paddedHidden, column: 1),
      MatrixPointer(w2, row: paddedClasses, column: 1), plus: b2, into: scores, row: paddedClasses)
  }

  // MARK: To and from records

  public override var params: Params<Scalar> { record(at: 0) }
  public override var memory: [Params<Scalar>] { [record(at: half)] }
  public override var isFinite: Bool { canSkipZeros && isRestFinite }

  private func arrange(_ record: Params<Scalar>, at start: Int) {
    for panel in panels {
      let units = panel.clamped(to: 0..<hidden)
      copyRows(
        inputs, units.count, from: record.w1.elements, units.lowerBound, row: hidden,
        to: w1 + start + panel.lowerBound * inputs, row: panel.count)
    }
    copyRows(1, hidden, from: record.b1.elements, 0, row: hidden, to: b1 + start, row: paddedHidden)
    copyRows(hidden, classes, from: record.w2.elements, 0, row: classes, to: w2 + start, row: paddedClasses)
    copyRows(1, classes, from: record.b2.elements, 0, row: classes, to: b2 + start, row: paddedClasses)
  }

  private func copyRows(
    _ rows: Int, _ columns: Int, from source: [Scalar], _ offset: Int, row sourceRow: Int,
    to target: UnsafeMutablePointer<Scalar>, row targetRow: Int
  ) {
    source.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      for i in 0..<rows { (target + i * targetRow).update(from: source + offset + i * sourceRow, count: columns) }
    }
  }

  private func record(at start: Int) -> Params<Scalar> {
    func tensor(_ shape: [Int], _ fill: (UnsafeMutablePointer<Scalar>) -> Void) -> Tensor<Scalar> {
      let count = shape.reduce(1, *)
      return Tensor(
        shape: shape,
        elements: Array(unsafeUninitializedCapacity: count) { buffer, initialized in
          if let target = buffer.baseAddress { fill(target) }
          initialized = count
        })
    }
    return Params(
      w1: tensor([inputs, hidden]) { target in
        for panel in panels {
          let units = panel.clamped(to: 0..<hidden)
          let source = w1 + start + panel.lowerBound * inputs
          for i in 0..<inputs {
            (target + i * hidden + units.lowerBound).initialize(from: source + i * panel.count, count: units.count)
          }
        }
      },
      b1: tensor([hidden]) { $0.initialize(from: b1 + start, count: hidden) },
      w2: tensor([hidden, classes]) { target in
        for i in 0..<hidden {
          (target + i * classes).initialize(from: w2 + start + i * paddedClasses, count: classes)
        }
      },
      b2: tensor([classes]) { $0.initialize(from: b2 + start, count: classes) })
  }
}

/// Room for what a step writes down on its way, each row in lines of its own.
final class TwoLayerWorkspace<Scalar: Real> {
  let samples: Int

  /// Activations `[samples, paddedHidden]`; their gradients, for each panel `[samples, width]`; scores, and then their
  /// gradients, `[samples, paddedClasses]`; the loss of every sample.
  let hidden: UnsafeMutablePointer<Scalar>
  let hiddenGradient: UnsafeMutablePointer<Scalar>
  let scores: UnsafeMutablePointer<Scalar>
  let losses: UnsafeMutablePointer<Scalar>

  /// Room for the sums of the gradients of biases.
  let biasSums: UnsafeMutablePointer<Scalar>

  /// Where the rows of the inputs, of the scores and of the activations are.
  let inputRows: UnsafeMutablePointer<UnsafeRawPointer?>
  let scoreRows: UnsafeMutablePointer<UnsafeRawPointer?>
  let hiddenRows: UnsafeMutablePointer<UnsafeRawPointer?>
  let labels: UnsafeMutablePointer<Int>

  /// A bit for each input, 0 where it is zero: by samples, `[samples, words]`; and by inputs, for every 64 samples
  /// `[words * 64]`.
  let words: Int
  let present: UnsafeMutablePointer<UInt64>
  let presentByInput: UnsafeMutablePointer<UInt64>

  /// What each thread found: whether its gradients, its new weights of `w1` and its other new parameters are finite.
  let gradientsAreFinite: UnsafeMutablePointer<Bool>
  let weightsAreFinite: UnsafeMutablePointer<Bool>
  let restIsFinite: UnsafeMutablePointer<Bool>

  private let memory = LineMemory()

  init(_ network: PackedTwoLayer<Scalar>, samples: Int) {
    self.samples = samples
    hidden = memory.allocate(samples * network.paddedHidden)
    hiddenGradient = memory.allocate(samples * network.paddedHidden)
    scores = memory.allocate(samples * network.paddedClasses)
    losses = memory.allocate(samples)
    biasSums = memory.allocate(network.paddedHidden + network.paddedClasses)
    inputRows = memory.allocate(samples)
    scoreRows = memory.allocate(samples)
    hiddenRows = memory.allocate(samples)
    labels = memory.allocate(samples)
    words = (network.inputs + 63) / 64
    present = memory.allocate(samples * words)
    presentByInput = memory.allocate((samples + 63) / 64 * 64 * words)
    gradientsAreFinite = memory.allocate(Threads.most)
    weightsAreFinite = memory.allocate(Threads.most)
    restIsFinite = memory.allocate(Threads.most)
    for i in 0..<samples {
      scoreRows[i] = UnsafeRawPointer(scores + i * network.paddedClasses)
      hiddenRows[i] = UnsafeRawPointer(hidden + i * network.paddedHidden)
    }
  }
}
