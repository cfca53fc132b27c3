// A training step of the two-layer network with momentum, as one piece of work shared by all threads. It computes what
// `lossAndGradients` and `Optimizer.momentum` compute, in the same order, so to the same bits, but without storing gradients
// and without moving anything.
//
// Each thread owns some panels of hidden units and takes them through forward, backward and update. The threads meet twice:
// when all activations are there, each then scores its share of the samples; and when all gradients of scores are there.

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
    return batch.source.elements.withUnsafeBufferPointer { x in
      lookUp(batch, x, network, work)
      let smallestWorthSharing = 1 << 14
      let threads = n * network.inputs * network.paddedHidden < smallestWorthSharing ? 1 : Threads.count
      Threads.team(of: threads) { index, size in
        let panels = network.panelCount * index / size..<network.panelCount * (index + 1) / size
        let rows = n * index / size..<n * (index + 1) / size
        for panel in panels { activate(network.panel(panel), n, network, work) }
        Threads.meet(size)
        score(rows, n, network, work)
        Threads.meet(size)
        for panel in panels { learn(network.panel(panel), n, network, work, rule) }
        if index == 0 {
          learnBias(network.b2, 0..<network.classes, work.scores, n, network.paddedClasses, network, rule)
        }
      }
      var sum = 0.0
      for i in 0..<n { sum += Double(work.losses[i]) }
      return Self(sum / Double(n))
    }
  }

  /// Notes where the rows of the batch are, and its labels.
  private static func lookUp(
    _ batch: Samples<Self>, _ x: UnsafeBufferPointer<Self>, _ network: PackedTwoLayer<Self>,
    _ work: TwoLayerWorkspace<Self>
  ) {
    let size = batch.source.rowSize
    require(size == network.inputs, "samples of \(size) inputs for a network of \(network.inputs)")
    require(batch.count > 0, "a step takes at least one sample")
    for i in 0..<batch.count {
      let row = batch.selection.map { $0[$0.startIndex + i] } ?? i
      let label = batch.sourceLabels.indices[row]
      require(0 <= label && label < network.classes, "label \(label) for a network of \(network.classes) classes")
      work.inputRows[i] = x.baseAddress! + row * size
      work.scoreRows[i] = UnsafePointer(work.scores + i * network.paddedClasses)
      work.labels[i] = label
    }
  }

  /// The activations of a panel of hidden units: relu(x·w1 + b1).
  private static func activate(
    _ units: Range<Int>, _ n: Int, _ network: PackedTwoLayer<Self>, _ work: TwoLayerWorkspace<Self>
  ) {
    multiply(
      n, units.count, network.inputs, work.inputRows, network.w1 + units.lowerBound * network.inputs, row: units.count,
      finish: .reluOfBiased, with: network.b1 + units.lowerBound, row: 0, into: work.hidden + units.lowerBound,
      row: network.paddedHidden)
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
    _ units: Range<Int>, _ n: Int, _ network: PackedTwoLayer<Self>, _ work: TwoLayerWorkspace<Self>,
    _ rule: MomentumRule
  ) {
    let (width, first, padded) = (units.count, units.lowerBound, network.paddedClasses)
    let gradient = work.hiddenGradient + first
    withUnsafeTemporaryAllocation(of: Self.self, capacity: network.classes * width) { transposed in
      for j in 0..<width {
        for c in 0..<network.classes { transposed[c * width + j] = network.w2[(first + j) * padded + c] }
      }
      multiply(
        n, width, network.classes, work.scoreRows, transposed.baseAddress!, row: width, finish: .wherePositive,
        with: work.hidden + first, row: network.paddedHidden, into: gradient, row: network.paddedHidden)
    }
    let w1 = network.w1 + first * network.inputs
    stepMomentum(
      network.inputs, width, n, work.inputRows, gradient, row: network.paddedHidden, weights: w1,
      velocity: w1 + network.velocity, row: width, rule)
    learnBias(network.b1, units, work.hiddenGradient, n, network.paddedHidden, network, rule)

    let w2 = network.w2 + first * padded
    withUnsafeTemporaryAllocation(of: UnsafePointer<Self>?.self, capacity: n) { rows in
      for i in 0..<n { rows[i] = UnsafePointer(work.hidden + i * network.paddedHidden + first) }
      stepMomentum(
        width, padded, n, rows.baseAddress!, work.scores, row: padded, weights: w2,
        velocity: w2 + network.velocity, row: padded, rule)
    }
  }

  /// The step of some biases, whose gradients are sums over the samples in order.
  private static func learnBias(
    _ bias: UnsafeMutablePointer<Self>, _ range: Range<Int>, _ gradients: UnsafeMutablePointer<Self>, _ n: Int,
    _ row: Int, _ network: PackedTwoLayer<Self>, _ rule: MomentumRule
  ) {
    let (decay, rate) = (Self(rule.momentum), Self(-rule.lr))
    withUnsafeTemporaryAllocation(of: Self.self, capacity: range.count) { sums in
      for j in 0..<range.count { sums[j] = 0 }
      for i in 0..<n {
        let gradient = gradients + i * row + range.lowerBound
        for j in 0..<range.count { sums[j] += gradient[j] }
      }
      for (j, unit) in range.enumerated() {
        let moved = decay * bias[network.velocity + unit] + sums[j]
        let velocity = Swift.abs(moved) < leastNormalMagnitude ? 0 : moved
        bias[network.velocity + unit] = velocity
        bias[unit] += rate * velocity
      }
    }
  }
}
