// A training step of the two-layer network with momentum, as one piece of work shared by all threads. It computes what
// `lossAndGradients` and `Optimizer.momentum` compute, in the same order, so to the same bits, but without storing gradients
// and without moving anything. Zeros among the inputs, such as black pixels, take no part in it.
//
// Where there are panels of hidden units enough, each thread owns some of them and takes them through forward, backward and
// update; the threads meet when all activations are there, to score a share of the samples each, and when all gradients of
// scores are there. Where the layer is narrow, each thread takes a share of the samples to the gradients of their hidden
// units, and after one meeting updates the weights of a share of the inputs.

import CKernels

extension Real {
  public static func fusedStep(
    _ moment: inout Moment<Params<Self>>, _ batch: Samples<Self>, _ rule: MomentumRule
  ) {
    var packed: PackedTwoLayer<Self>
    if let taken = moment.takePacked() {
      packed = unsafeDowncast(taken, to: PackedTwoLayer<Self>.self)
    } else {
      packed = PackedTwoLayer(moment.params, velocity: moment.memory[0])
    }
    if !isKnownUniquelyReferenced(&packed) { packed = packed.copy() }
    let loss = batch.source.withRows { start, stride, levels in
      FusedStep(packed, batch, start: start, stride: stride, levels: levels, rule).run()
    }
    moment.advance(packed: packed, loss: loss)
  }
}

private struct FusedStep<S: Real>: TeamWork {
  let network: PackedTwoLayer<S>
  let work: TwoLayerWorkspace<S>
  let n: Int
  let rule: MomentumRule

  /// The inputs of the batch, sample by sample, and input by input.
  let inputs: InputRows<S>
  let columns: InputRows<S>

  /// The threads that may share the work (there may be fewer), and whether they do by units.
  let threads: Int
  let areUnitsShared: Bool

  init(
    _ network: PackedTwoLayer<S>, _ batch: Samples<S>, start: UnsafeRawPointer, stride: Int,
    levels: UnsafePointer<S>?, _ rule: MomentumRule
  ) {
    let size = batch.source.rowSize
    require(batch.source.shape.count == 2, "inputs of shape \(batch.source.shape), not [samples, inputs]")
    require(size == network.inputs, "samples of \(size) inputs for a network of \(network.inputs)")
    require(batch.count > 0, "a step takes at least one sample")
    require(network.classes > 1, "cross-entropy compares the scores of two classes or more, not of \(network.classes)")
    (self.network, self.rule, n) = (network, rule, batch.count)
    work = network.workspace(samples: n)
    let labels = batch.sourceLabels.indices
    for i in 0..<n {
      let row = batch.selection.map { $0[$0.startIndex + i] } ?? i
      let label = labels[row]
      require(0 <= label && label < network.classes, "label \(label) for a network of \(network.classes) classes")
      work.inputRows[i] = start + row * stride
      work.labels[i] = label
    }
    let skipsZeros = network.canSkipZeros && (levels == nil || levels![0] == 0)
    let fewestForColumns = 16
    inputs = InputRows(
      rows: work.inputRows, levels: levels, present: skipsZeros ? UnsafePointer(work.present) : nil,
      presentRow: work.words)
    columns = InputRows(
      rows: work.inputRows, levels: levels,
      present: skipsZeros && n >= fewestForColumns ? UnsafePointer(work.presentByInput) : nil,
      presentRow: work.words * 64)

    let smallestWorthSharing = 1 << 16
    let most = n * network.inputs * network.paddedHidden < smallestWorthSharing ? 1 : Threads.count
    areUnitsShared = network.panels.count >= most
    threads = areUnitsShared || n >= 2 * most ? most : 1
  }

  /// Takes the step, and returns the loss before it.
  func run() -> S {
    let size = Threads.team(of: threads, self)
    network.canSkipZeros = (0..<size).allSatisfy { work.weightsAreFinite[$0] }
    network.isRestFinite = (0..<size).allSatisfy { work.restIsFinite[$0] }
    var sum = 0.0
    for i in 0..<n { sum += Double(work.losses[i]) }
    return S(sum / Double(n))
  }

  func doPart(_ index: Int, of size: Int) {
    if areUnitsShared { shareUnits(index, size) } else { shareSamplesAndInputs(index, size) }
  }

  /// Each thread owns some of the panels.
  private func shareUnits(_ index: Int, _ size: Int) {
    let (rows, panels) = (share(n, index, size), share(network.panels.count, index, size))
    notePresence(rows)
    Threads.meet(size)
    for panel in panels { activate(network.panels[panel], 0..<n) }
    notePresenceByInput(share(work.words, index, size))
    Threads.meet(size)
    score(rows)
    Threads.meet(size)
    var (isFinite, isRestFinite) = (true, true)
    for panel in panels.reversed() {  // the last ones are still near
      let units = network.panels[panel]
      let isGradientFinite = differentiate(units, 0..<n)
      isFinite = learn(units, 0..<network.inputs, isGradientFinite: isGradientFinite) && isFinite
      isRestFinite = learnTop(units) && isRestFinite
    }
    if index == 0 { isRestFinite = learnLastBias() && isRestFinite }
    (work.weightsAreFinite[index], work.restIsFinite[index]) = (isFinite, isRestFinite)
  }

  /// Each thread has a share of the samples, and then one of the inputs.
  private func shareSamplesAndInputs(_ index: Int, _ size: Int) {
    let (rows, words) = (share(n, index, size), share(work.words, index, size))
    notePresence(rows)
    for units in network.panels { activate(units, rows) }
    score(rows)
    work.gradientsAreFinite[index] = true
    for units in network.panels where !differentiate(units, rows) { work.gradientsAreFinite[index] = false }
    Threads.meet(size)
    notePresenceByInput(words)
    let isGradientFinite = (0..<size).allSatisfy { work.gradientsAreFinite[$0] }
    let inputs = min(words.lowerBound * 64, network.inputs)..<min(words.upperBound * 64, network.inputs)
    var (isFinite, isRestFinite) = (true, true)
    for (panel, units) in network.panels.enumerated() {
      isFinite = learn(units, inputs, isGradientFinite: isGradientFinite) && isFinite
      if panel % size == index { isRestFinite = learnTop(units) && isRestFinite }
    }
    if index == size - 1 { isRestFinite = learnLastBias() && isRestFinite }
    (work.weightsAreFinite[index], work.restIsFinite[index]) = (isFinite, isRestFinite)
  }

  private func share(_ total: Int, _ index: Int, _ size: Int) -> Range<Int> {
    total * index / size..<total * (index + 1) / size
  }

  // MARK: Parts of the step

  /// Notes which inputs of some samples are not zero.
  private func notePresence(_ samples: Range<Int>) {
    guard inputs.present != nil else { return }
    inputs.notePresence(samples, network.inputs, in: work.present)
  }

  /// Notes for the inputs of some words which samples have them.
  private func notePresenceByInput(_ words: Range<Int>) {
    guard columns.present != nil else { return }
    for word in words {
      for first in stride(from: 0, to: n, by: 64) {
        fn_transpose_bits(
          min(64, n - first), work.present + first * work.words + word, work.words,
          work.presentByInput + (first * work.words + word * 64))
      }
    }
  }

  private func activate(_ units: Range<Int>, _ samples: Range<Int>) {
    network.activate(
      units, samples.count, inputs.advanced(samples.lowerBound), into: hidden(0, samples).start)
  }

  private func hidden(_ unit: Int, _ samples: Range<Int>) -> RowPointer<S> {
    RowPointer(work.hidden + samples.lowerBound * network.paddedHidden + unit, row: network.paddedHidden)
  }

  /// Scores, losses and the gradients of the scores of some samples: (softmax(h·w2 + b2) - oneHot(y)) / n.
  private func score(_ samples: Range<Int>) {
    guard !samples.isEmpty else { return }
    let (classes, padded) = (network.classes, network.paddedClasses)
    network.score(hidden(0, samples).start, samples.count, into: work.scores + samples.lowerBound * padded)
    S.softmaxWithCrossEntropies(
      work.scores + samples.lowerBound * padded, rows: samples.count, columns: classes, row: padded,
      truth: work.labels + samples.lowerBound, into: work.losses + samples.lowerBound)
    let count = S(n)
    for i in samples {
      let scores = work.scores + i * padded
      scores[work.labels[i]] -= 1
      for c in 0..<classes { scores[c] /= count }
      for c in classes..<padded { scores[c] = 0 }
    }
  }

  /// The gradients of the units of a panel for some samples, and whether they are finite.
  private func differentiate(_ units: Range<Int>, _ samples: Range<Int>) -> Bool {
    let (first, width) = (units.lowerBound, units.count)
    return S.multiply(
      samples.count, width, network.classes, InputRows(rows: work.scoreRows + samples.lowerBound),
      RowPointer(network.w2Transposed + first * network.classes, row: width), finish: .wherePositive,
      with: hidden(first, samples), into: RowPointer(gradient(units) + samples.lowerBound * width, row: width))
  }

  private func gradient(_ units: Range<Int>) -> UnsafeMutablePointer<S> { work.hiddenGradient + units.lowerBound * n }

  /// The step of the weights between some inputs and the units of a panel, and whether the new weights are finite.
  private func learn(_ units: Range<Int>, _ inputs: Range<Int>, isGradientFinite: Bool) -> Bool {
    var columns = columns
    if !isGradientFinite { columns.present = nil }
    let (first, width) = (units.lowerBound, units.count)
    let weights = network.w1 + first * network.inputs + inputs.lowerBound * width
    return S.stepMomentum(
      inputs, width, n, columns, RowPointer(gradient(units), row: width), weights: RowPointer(weights, row: width),
      velocity: weights + network.velocity, rule)
  }

  /// The step of the biases of the units of a panel, and of their weights to the classes, and whether the new ones are finite.
  private func learnTop(_ units: Range<Int>) -> Bool {
    let (first, padded) = (units.lowerBound, network.paddedClasses)
    let areBiasesFinite = learnBias(
      network.b1 + first, units.count, gradient(units), row: units.count, sums: work.biasSums + first)
    let w2 = network.w2 + first * padded
    let areWeightsFinite = S.stepMomentum(
      units, padded, n, InputRows(rows: work.hiddenRows), RowPointer(work.scores, row: padded),
      weights: RowPointer(w2, row: padded), velocity: w2 + network.velocity, rule)
    network.transposeW2(units)
    return areBiasesFinite && areWeightsFinite
  }

  private func learnLastBias() -> Bool {
    learnBias(
      network.b2, network.classes, work.scores, row: network.paddedClasses, sums: work.biasSums + network.paddedHidden)
  }

  /// The step of some biases, whose gradients are sums over the samples in order, and whether the new ones are finite.
  private func learnBias(
    _ bias: UnsafeMutablePointer<S>, _ count: Int, _ gradients: UnsafeMutablePointer<S>, row: Int,
    sums: UnsafeMutablePointer<S>
  ) -> Bool {
    let (decay, rate) = (S(rule.momentum), S(-rule.lr))
    for j in 0..<count { sums[j] = 0 }
    for i in 0..<n {
      let gradient = gradients + i * row
      for j in 0..<count { sums[j] += gradient[j] }
    }
    var zero: S = 0
    for j in 0..<count {
      let moved = decay * bias[network.velocity + j] + sums[j]
      let velocity = Swift.abs(moved) < S.leastNormalMagnitude ? 0 : moved
      bias[network.velocity + j] = velocity
      bias[j] += rate * velocity
      zero += 0 * bias[j]
    }
    return zero == 0
  }
}
