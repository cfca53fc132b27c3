/// The parameters and velocities of a two-layer network, arranged so that threads can work on them side by side.
///
/// The hidden units are cut into panels of two lines of memory (64 bytes each). A panel's columns of `w1` lie together,
/// `[inputs, width]`, and so do its rows of `w2`, `[width, classes]`, padded to whole lines. So a thread that owns some of
/// the panels writes only to lines of its own. What pads is zero and stays zero.
public final class PackedTwoLayer<Scalar: Real>: PackedMoment<Params<Scalar>>, @unchecked Sendable {
  let inputs: Int
  let hidden: Int
  let classes: Int

  /// The hidden units and the classes with their padding, and the units of a panel.
  let paddedHidden: Int
  let paddedClasses: Int
  let panelWidth: Int

  /// Parameters, in `memory` of their own, and behind them their velocities in the same arrangement.
  private let numbers: UnsafeMutablePointer<Scalar>
  private let half: Int

  /// What a step writes down on its way; not part of the value.
  private var workspace: TwoLayerWorkspace<Scalar>?

  private init(inputs: Int, hidden: Int, classes: Int) {
    let line = 64 / MemoryLayout<Scalar>.stride
    (self.inputs, self.hidden, self.classes) = (inputs, hidden, classes)
    paddedHidden = (hidden + line - 1) / line * line
    paddedClasses = (classes + line - 1) / line * line
    panelWidth = paddedHidden > 4 * line ? 2 * line : line
    half = paddedHidden * (inputs + 1) + (paddedHidden + 1) * paddedClasses
    numbers = allocateLines(2 * half)
  }

  convenience init(_ params: Params<Scalar>, velocity: Params<Scalar>) {
    self.init(inputs: params.w1.shape[0], hidden: params.b1.count, classes: params.b2.count)
    numbers.initialize(repeating: 0, count: 2 * half)
    arrange(params, at: 0)
    arrange(velocity, at: half)
  }

  /// A copy that nobody else holds.
  func copy() -> PackedTwoLayer {
    let copy = PackedTwoLayer(inputs: inputs, hidden: hidden, classes: classes)
    copy.numbers.initialize(from: numbers, count: 2 * half)
    return copy
  }

  deinit { numbers.deallocate() }

  // MARK: Places

  /// Where things are: parameters, and `velocity` further on, their velocities.
  var w1: UnsafeMutablePointer<Scalar> { numbers }
  var b1: UnsafeMutablePointer<Scalar> { numbers + paddedHidden * inputs }
  var w2: UnsafeMutablePointer<Scalar> { numbers + paddedHidden * (inputs + 1) }
  var b2: UnsafeMutablePointer<Scalar> { numbers + paddedHidden * (inputs + 1 + paddedClasses) }
  var velocity: Int { half }

  /// The hidden units of each panel.
  var panelCount: Int { (paddedHidden + panelWidth - 1) / panelWidth }
  func panel(_ index: Int) -> Range<Int> { index * panelWidth..<min((index + 1) * panelWidth, paddedHidden) }

  /// Room for a batch of this size.
  func workspace(samples: Int) -> TwoLayerWorkspace<Scalar> {
    if let workspace, workspace.samples >= samples { return workspace }
    let larger = TwoLayerWorkspace<Scalar>(samples: samples, paddedHidden: paddedHidden, paddedClasses: paddedClasses)
    workspace = larger
    return larger
  }

  // MARK: To and from records

  public override var params: Params<Scalar> { record(at: 0) }
  public override var memory: [Params<Scalar>] { [record(at: half)] }

  private func arrange(_ record: Params<Scalar>, at start: Int) {
    for index in 0..<panelCount {
      let units = panel(index).clamped(to: 0..<hidden)
      copyRows(
        inputs, units.count, from: record.w1.elements, units.lowerBound, row: hidden,
        to: w1 + start + panel(index).lowerBound * inputs, row: panel(index).count)
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
        for index in 0..<panelCount {
          let units = panel(index).clamped(to: 0..<hidden)
          let source = w1 + start + panel(index).lowerBound * inputs
          for i in 0..<inputs {
            (target + i * hidden + units.lowerBound).initialize(
              from: source + i * panel(index).count, count: units.count)
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

  /// Activations and their gradients `[samples, paddedHidden]`, scores and their gradients `[samples, paddedClasses]`.
  let hidden: UnsafeMutablePointer<Scalar>
  let hiddenGradient: UnsafeMutablePointer<Scalar>
  let scores: UnsafeMutablePointer<Scalar>
  let losses: UnsafeMutablePointer<Scalar>

  /// Where the rows of the inputs and of the scores are.
  let inputRows: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  let scoreRows: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  let labels: UnsafeMutablePointer<Int>

  init(samples: Int, paddedHidden: Int, paddedClasses: Int) {
    self.samples = samples
    hidden = allocateLines(samples * paddedHidden)
    hiddenGradient = allocateLines(samples * paddedHidden)
    scores = allocateLines(samples * paddedClasses)
    losses = allocateLines(samples)
    inputRows = .allocate(capacity: samples)
    scoreRows = .allocate(capacity: samples)
    labels = .allocate(capacity: samples)
  }

  deinit {
    hidden.deallocate()
    hiddenGradient.deallocate()
    scores.deallocate()
    losses.deallocate()
    inputRows.deallocate()
    scoreRows.deallocate()
    labels.deallocate()
  }
}

/// Memory that begins at a line, and has the lines that it begins for itself.
private func allocateLines<T>(_ count: Int) -> UnsafeMutablePointer<T> {
  let bytes = (count * MemoryLayout<T>.stride + 63) / 64 * 64
  return UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64), alignment: 128).assumingMemoryBound(to: T.self)
}
