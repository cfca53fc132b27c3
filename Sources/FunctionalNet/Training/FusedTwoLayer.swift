// A training step of the two-layer network with momentum, as one piece of work shared by all threads. It computes what
// `lossAndGradients` and `Optimizer.momentum` compute, in the same order, so to the same bits, but without storing gradients
// and without moving anything.
//
// Each thread owns some panels of hidden units and takes them through forward, backward and update. The threads meet twice:
// when all activations are there, each then scores its share of the samples; and when all gradients of scores are there.

//
// Zeros among the inputs, such as black pixels, take no part: `present` has a bit for each input that is not zero.

import CKernels

extension Moment {
  /// Becomes the moment after one step. The numbers are changed in place where nobody else holds them.
  mutating func fusedStep<S>(_ batch: Samples<S>, _ rule: MomentumRule) where P == Params<S> {
    var packed: PackedTwoLayer<S>
    if let taken = takePacked() {
      packed = unsafeDowncast(taken, to: PackedTwoLayer<S>.self)
    } else {
      packed = PackedTwoLayer(params, velocity: memory[0])
    }
    if !isKnownUniquelyReferenced(&packed) { packed = packed.copy() }
    let loss = S.step(packed, batch, rule)
    self = Moment(packed: packed, step: step + 1, loss: loss)
  }
}

extension Real {
  public static func step(_ network: PackedTwoLayer<Self>, _ batch: Samples<Self>, _ rule: MomentumRule) -> Self {
    let n = batch.count
    let work = network.workspace(samples: n)
    return batch.source.withRows { start, stride, levels in
      lookUp(batch, start, stride, network, work)
      let skipsZeros = network.canSkipZeros && (levels == nil || levels![0] == 0)
      let fewestForColumns = 16
      let skipsInColumns = skipsZeros && n >= fewestForColumns
      let inputs = InputRows<Self>(rows: work.inputRows, levels: levels, present: skipsZeros ? work.present : nil)
      let smallestWorthSharing = 1 << 14
      let threads = n * network.inputs * network.paddedHidden < smallestWorthSharing ? 1 : Threads.count
      Threads.team(of: threads) { index, size in
        func share(of total: Int) -> Range<Int> { total * index / size..<total * (index + 1) / size }
        let (panels, rows) = (share(of: network.panels.count), share(of: n))
        if skipsZeros {
          notePresence(of: rows, inputs, network, work)
          Threads.meet(size)
        }
        for panel in panels { activate(network.panels[panel], n, inputs, network, work) }
        if skipsInColumns {
          for word in share(of: work.words) { notePresenceByInput(word, n, work) }
        }
        Threads.meet(size)
        score(rows, n, network, work)
        Threads.meet(size)
        var columns = inputs
        columns.present = skipsInColumns ? UnsafePointer(work.presentByInput) : nil
        for panel in panels { learn(panel, n, columns, network, work, rule) }
        if index == 0 {
          learnBias(
            network.b2, network.classes, work.scores, n, row: network.paddedClasses,
            sums: work.biasSums + network.paddedHidden, network, rule)
        }
      }
      network.canSkipZeros = network.panels.indices.allSatisfy { work.isFinite[$0] }
      var sum = 0.0
      for i in 0..<n { sum += Double(work.losses[i]) }
      return Self(sum / Double(n))
    }
  }

  /// Notes where the rows of the batch are, and its labels.
  private static func lookUp(
    _ batch: Samples<Self>, _ start: UnsafeRawPointer, _ stride: Int, _ network: PackedTwoLayer<Self>,
    _ work: TwoLayerWorkspace<Self>
  ) {
    let size = batch.source.rowSize
    require(size == network.inputs, "samples of \(size) inputs for a network of \(network.inputs)")
    require(batch.count > 0, "a step takes at least one sample")
    for i in 0..<batch.count {
      let row = batch.selection.map { $0[$0.startIndex + i] } ?? i
      let label = batch.sourceLabels.indices[row]
      require(0 <= label && label < network.classes, "label \(label) for a network of \(network.classes) classes")
      work.inputRows[i] = start + row * stride
      work.scoreRows[i] = UnsafeRawPointer(work.scores + i * network.paddedClasses)
      work.labels[i] = label
    }
  }

  /// Notes which inputs of some samples are not zero.
  private static func notePresence(
    of samples: Range<Int>, _ inputs: InputRows<Self>, _ network: PackedTwoLayer<Self>, _ work: TwoLayerWorkspace<Self>
  ) {
    let (rows, present) = (inputs.rows + samples.lowerBound, work.present + samples.lowerBound * work.words)
    if inputs.levels == nil {
      notePresence(samples.count, network.inputs, rows, in: present)
    } else {
      fn_present_u8(samples.count, network.inputs, rows, present)
    }
  }

  /// Notes for 64 inputs, those of one word of every sample, which samples have them.
  private static func notePresenceByInput(_ word: Int, _ n: Int, _ work: TwoLayerWorkspace<Self>) {
    for first in stride(from: 0, to: n, by: 64) {
      fn_transpose_bits(
        min(64, n - first), work.present + first * work.words + word, work.words,
        work.presentByInput + (first * work.words + word * 64))
    }
  }

  /// The activations of a panel of hidden units: relu(x·w1 + b1).
  private static func activate(
    _ units: Range<Int>, _ n: Int, _ inputs: InputRows<Self>, _ network: PackedTwoLayer<Self>,
    _ work: TwoLayerWorkspace<Self>
  ) {
    let first = units.lowerBound
    _ = multiply(
      n, units.count, network.inputs, inputs, RowPointer(network.w1 + first * network.inputs, row: units.count),
      finish: .reluOfBiased, with: RowPointer(network.b1 + first, row: 0),
      into: RowPointer(work.hidden + first, row: network.paddedHidden))
  }

  /// Scores, losses and the gradients of the scores of some samples: (softmax(h·w2 + b2) - oneHot(y)) / n.
  private static func score(
    _ rows: Range<Int>, _ n: Int, _ network: PackedTwoLayer<Self>, _ work: TwoLayerWorkspace<Self>
  ) {
    guard !rows.isEmpty else { return }
    let (classes, padded) = (network.classes, network.paddedClasses)
    multiply(
      rows.count, padded, network.hidden,
      MatrixPointer(work.hidden + rows.lowerBound * network.paddedHidden, row: network.paddedHidden, column: 1),
      MatrixPointer(network.w2, row: padded, column: 1), into: work.scores + rows.lowerBound * padded, row: padded,
      with: InstructionSet.current)
    let count = Self(n)
    for i in rows {
      let scores = work.scores + i * padded
      for c in 0..<classes { scores[c] += network.b2[c] }
      work.losses[i] = softmaxWithCrossEntropy(scores, columns: classes, truth: work.labels[i])
      for c in 0..<classes { scores[c] = (scores[c] - (c == work.labels[i] ? 1 : 0)) / count }
      for c in classes..<padded { scores[c] = 0 }
    }
  }

  /// The gradients of a panel of hidden units, and their step.
  private static func learn(
    _ panel: Int, _ n: Int, _ inputs: InputRows<Self>, _ network: PackedTwoLayer<Self>, _ work: TwoLayerWorkspace<Self>,
    _ rule: MomentumRule
  ) {
    let units = network.panels[panel]
    let (width, first, padded) = (units.count, units.lowerBound, network.paddedClasses)
    let (hidden, gradient) = (work.hidden + first, work.hiddenGradient + first * n)
    let w2Transposed = work.w2Transposed + first * network.classes
    for j in 0..<width {
      for c in 0..<network.classes { w2Transposed[c * width + j] = network.w2[(first + j) * padded + c] }
    }
    let scores = InputRows<Self>(rows: work.scoreRows, levels: nil, present: nil)
    let isGradientFinite = multiply(
      n, width, network.classes, scores, RowPointer(w2Transposed, row: width), finish: .wherePositive,
      with: RowPointer(hidden, row: network.paddedHidden), into: RowPointer(gradient, row: width))

    var inputs = inputs
    if !isGradientFinite { inputs.present = nil }
    let w1 = network.w1 + first * network.inputs
    work.isFinite[panel] = stepMomentum(
      network.inputs, width, n, inputs, RowPointer(gradient, row: width), weights: RowPointer(w1, row: width),
      velocity: w1 + network.velocity, rule)
    learnBias(network.b1 + first, width, gradient, n, row: width, sums: work.biasSums + first, network, rule)

    let (rows, w2) = (work.hiddenRows + panel * n, network.w2 + first * padded)
    for i in 0..<n { rows[i] = UnsafeRawPointer(hidden + i * network.paddedHidden) }
    _ = stepMomentum(
      width, padded, n, InputRows(rows: rows, levels: nil, present: nil), RowPointer(work.scores, row: padded),
      weights: RowPointer(w2, row: padded), velocity: w2 + network.velocity, rule)
  }

  /// The step of some biases, whose gradients are sums over the samples in order.
  private static func learnBias(
    _ bias: UnsafeMutablePointer<Self>, _ count: Int, _ gradients: UnsafeMutablePointer<Self>, _ n: Int, row: Int,
    sums: UnsafeMutablePointer<Self>, _ network: PackedTwoLayer<Self>, _ rule: MomentumRule
  ) {
    let (decay, rate) = (Self(rule.momentum), Self(-rule.lr))
    for j in 0..<count { sums[j] = 0 }
    for i in 0..<n {
      let gradient = gradients + i * row
      for j in 0..<count { sums[j] += gradient[j] }
    }
    for j in 0..<count {
      let moved = decay * bias[network.velocity + j] + sums[j]
      let velocity = Swift.abs(moved) < leastNormalMagnitude ? 0 : moved
      bias[network.velocity + j] = velocity
      bias[j] += rate * velocity
    }
  }
}
