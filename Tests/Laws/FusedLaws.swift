import FunctionalNet
import TestSupport
import Testing

extension SharedThreads {
  /// The fused step is `lossAndGradients` followed by the optimizer, bit for bit.
  @Suite struct FusedLaws {
    private func check<S: Real>(_ type: S.Type, _ random: inout Random, threads: Int) {
      let (n, inputs, hidden, classes) = (
        random.int(1...40), random.int(1...40), random.int(1...150), random.int(2...20)
      )
      let samples = Samples<S>(x: random.normal([n, inputs]), y: random.labels(n, classes: classes))
      let params = Params<S>.initial(inputs: inputs, hidden: hidden, classes: classes, key: random.key())
      let optimizer = Optimizer<Params<S>>.momentum(lr: 0.1, momentum: random.element([0, 0.5, 0.9]))
      let (fused, composed) = (
        Trainer(params: params, optimizer: optimizer), Trainer(composing: params, optimizer: optimizer)
      )
      let batches = samples.batches(of: random.int(1...45), epochs: 0..<3, key: random.key())
      Threads.count = threads
      defer { Threads.count = 1 }
      for (a, b) in zip(batches.scan(fused.start, fused.next), batches.scan(composed.start, composed.next)) {
        #expect(a == b && a.step == b.step && a.loss == b.loss)
        #expect(bits(a.params) == bits(b.params) && bits(a.memory[0]) == bits(b.memory[0]))
      }
      let (end, expected) = (batches.reduce(fused.start, fused.next), batches.reduce(composed.start, composed.next))
      #expect(bits(end.params) == bits(expected.params) && end == expected)
    }

    @Test(arguments: seeds(24)) func aFusedStepIsTheComposedOne(seed: Int) {
      var random = Random(seed: seed)
      check(Float.self, &random, threads: 1 + seed % 3)
      check(Double.self, &random, threads: 1 + (seed + 1) % 3)
    }

    @Test func largerLayersSharedByManyThreads() {
      var random = Random(seed: 77)
      for threads in [1, 2, 3, 8] {
        let samples = Samples<Float>(x: random.normal([20, 70]), y: random.labels(20, classes: 10))
        let params = Params<Float>.initial(inputs: 70, hidden: 200, classes: 10, key: Key(1))
        let optimizer = Optimizer<Params<Float>>.momentum(lr: 0.1)
        Threads.count = threads
        let fused = Trainer(params: params, optimizer: optimizer)
        let composed = Trainer(composing: params, optimizer: optimizer)
        let batches = samples.batches(of: 20, epochs: 0..<2, key: Key(2))
        #expect(batches.reduce(fused.start, fused.next) == batches.reduce(composed.start, composed.next))
      }
      Threads.count = 1
    }

    /// Values stay values: a moment that somebody holds does not change when training goes on from it.
    @Test func momentsThatAreHeldDoNotChange() {
      var random = Random(seed: 3)
      let samples = Samples<Double>(x: random.normal([12, 5]), y: random.labels(12, classes: 3))
      let trainer = Trainer(
        params: Params<Double>.initial(inputs: 5, hidden: 20, classes: 3, key: Key(1)), optimizer: .momentum(lr: 0.1))
      let batches = samples.batches(of: 4, epochs: 0..<4, key: Key(2))
      let held = Array(batches.scan(trainer.start, trainer.next))
      let before = held.map { bits($0.params) }
      for moment in held { _ = batches.reduce(moment, trainer.next) }
      #expect(held.map { bits($0.params) } == before && Set(before).count == held.count)
      #expect(trainer.start.step == 0 && trainer.start.loss == nil)
    }

    @Test func velocitiesOfBlackPixelsBecomeZero() {
      var random = Random(seed: 4)
      var x: Tensor<Float> = random.normal([6, 3])
      for i in 0..<6 { x[i, 1] = 0 }
      let samples = Samples(x: x, y: random.labels(6, classes: 2))
      let params = Params<Float>.initial(inputs: 3, hidden: 4, classes: 2, key: Key(1))
      let tiny = params.map { Tensor(shape: $0.shape, repeating: Float.leastNormalMagnitude) }
      let trainer = Trainer(params: params, optimizer: .momentum(lr: 0.1))
      let next = trainer.next(Moment(params: params, memory: [tiny], step: 0, loss: nil), samples)
      #expect(next.memory[0].w1.rows(1..<2) == .zeros([1, 4]))
    }

    @Test func infinitiesSpreadAsInTheComposedStep() {
      let x = Tensor<Float>(rows: [[1e30, 1], [1, 2]])
      let params = Params<Float>.initial(inputs: 2, hidden: 20, classes: 3, key: Key(1)).map { 1e20 * $0 }
      let optimizer = Optimizer<Params<Float>>.momentum(lr: 1e9)
      let batch = Samples(x: x, y: [0, 1])
      let (a, b) = (Trainer(params: params, optimizer: optimizer), Trainer(composing: params, optimizer: optimizer))
      #expect(a.next(a.start, batch).loss?.isFinite == b.next(b.start, batch).loss?.isFinite)
    }
  }
}

@Suite struct SelectionLaws {
  /// A batch looks up its samples in the data set only when they are asked for, and is the same as if they were copied.
  @Test(arguments: seeds(20)) func batchesAreTheirSamples(seed: Int) {
    var random = Random(seed: seed)
    let n = random.int(1...20)
    let samples = Samples<Float>(x: random.normal([n, 3]), y: random.labels(n, classes: 4))
    for batch in samples.batches(of: random.int(1...8), key: random.key()) {
      #expect(batch == Samples(x: batch.x, y: batch.y) && batch.count == batch.y.count)
      #expect(batch[0..<batch.count] == batch)
      #expect(Array(batch.batches(of: 3, key: Key(1))).flatMap(\.y.indices).sorted() == batch.y.indices.sorted())
    }
  }
}
