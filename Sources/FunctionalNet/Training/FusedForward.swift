// The scores of many samples at once. It computes what `forward` says, to the same bits, on weights that are packed once, and
// takes some samples at a time from their inputs to their scores while what they need is near.

extension Real {
  public static func scores(_ params: Params<Self>, _ samples: Samples<Self>) -> Tensor<Self> {
    let (n, classes) = (samples.count, params.b2.count)
    require(samples.source.shape.count == 2, "inputs of shape \(samples.source.shape), not [samples, inputs]")
    require(
      samples.inputCount == params.w1.shape[0],
      "samples of \(samples.inputCount) inputs for a network of \(params.w1.shape[0])")
    let elements = [Self](unsafeUninitializedCapacity: n * classes) { scores, count in
      samples.source.withRows { start, stride, levels in
        guard let target = scores.baseAddress, n > 0 else { return }
        let network = PackedTwoLayer(params, velocity: nil)
        let skipsZeros = levels != nil && levels![0] == 0 && network.canSkipZeros
        let work = FusedForward(
          network: network, start: start, rowStride: stride, levels: levels, skipsZeros: skipsZeros,
          selection: samples.selection, n: n, scores: target)
        Threads.team(of: Swift.min(Threads.count, (n + FusedForward<Self>.most - 1) / FusedForward<Self>.most), work)
      }
      count = n * classes
    }
    return Tensor(shape: [n, classes], elements: elements)
  }
}

private struct FusedForward<S: Real>: TeamWork {
  let network: PackedTwoLayer<S>

  /// Where the rows of the data set are, what their bytes stand for if they are bytes, and which of them are asked for.
  let start: UnsafeRawPointer
  let rowStride: Int
  let levels: UnsafePointer<S>?
  let skipsZeros: Bool
  let selection: ArraySlice<Int>?

  let n: Int
  let scores: UnsafeMutablePointer<S>

  /// The samples to take at a time.
  static var most: Int { 120 }

  func doPart(_ index: Int, of size: Int) {
    let (inputs, classes) = (network.inputs, network.classes)
    let (padded, words) = (network.paddedClasses, (inputs + 63) / 64)
    let memory = LineMemory()
    let hidden: UnsafeMutablePointer<S> = memory.allocate(Self.most * network.paddedHidden)
    let top: UnsafeMutablePointer<S> = memory.allocate(Self.most * padded)
    let rows: UnsafeMutablePointer<UnsafeRawPointer?> = memory.allocate(Self.most)
    let present: UnsafeMutablePointer<UInt64> = memory.allocate(Self.most * words)
    let end = n * (index + 1) / size
    for first in stride(from: n * index / size, to: end, by: Self.most) {
      let count = min(Self.most, end - first)
      for i in 0..<count {
        rows[i] = start + (selection.map { $0[$0.startIndex + first + i] } ?? first + i) * rowStride
      }
      let x = InputRows(
        rows: rows, levels: levels, present: skipsZeros ? UnsafePointer(present) : nil, presentRow: words)
      if skipsZeros { x.notePresence(0..<count, inputs, in: present) }
      for units in network.panels { network.activate(units, count, x, into: hidden) }
      network.score(hidden, count, into: top)
      for i in 0..<count { (scores + (first + i) * classes).initialize(from: top + i * padded, count: classes) }
    }
  }
}

/// The scores of samples that are enough to be worth packing the weights.
func fusedForward<S>(_ params: Params<S>, _ x: Tensor<S>) -> Tensor<S>? {
  let fewest = 64
  guard x.shape.count == 2, x.shape[0] >= fewest else { return nil }
  return S.scores(params, Samples(unlabelled: x))
}
