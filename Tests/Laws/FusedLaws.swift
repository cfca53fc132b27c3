import Foundation
import FunctionalNet
import Synchronization
import TestSupport
import Testing

extension SharedThreads {
  /// The fused step is `lossAndGradients` followed by the optimizer, bit for bit.
  @Suite struct FusedLaws {
    private func check<S: Real>(_ type: S.Type, _ random: inout Random, threads: Int) {
      let (n, inputs, hidden, classes) = (
        random.element([random.int(1...140), random.int(129...290)]), random.int(1...150), random.int(1...150),
        random.int(2...20)
      )
      let samples: Samples<S> = random.samples(n, inputs: inputs, classes: classes)
      let params = Params<S>.initial(inputs: inputs, hidden: hidden, classes: classes, key: random.key())
      let optimizer = Optimizer<Params<S>>.momentum(lr: 0.1, momentum: random.element([0, 0.5, 0.9]))
      let (fused, composed) = (
        Trainer(params: params, optimizer: optimizer), Trainer(composing: params, optimizer: optimizer)
      )
      let batches = samples.batches(of: random.element([n, random.int(1...n)]), epochs: 0..<2, key: random.key())
      Threads.count = threads
      defer { Threads.count = 1 }
      for (a, b) in zip(batches.scan(fused.start, fused.next), batches.scan(composed.start, composed.next)) {
        #expect(a == b && a.step == b.step && a.loss == b.loss)
        #expect(bits(a.params) == bits(b.params) && bits(a.memory[0]) == bits(b.memory[0]))
        #expect(a.isFinite && b.isFinite)
      }
      let (end, expected) = (batches.reduce(fused.start, fused.next), batches.reduce(composed.start, composed.next))
      #expect(bits(end.params) == bits(expected.params) && end == expected)
    }

    /// A moment knows whether its parameters are finite: one velocity next to the largest number takes one of them away.
    private func checkFinite<S: Real>(_ type: S.Type, _ random: inout Random, threads: Int) {
      let (n, inputs, hidden, classes) = (
        random.int(1...100), random.int(1...150), random.int(1...150), random.int(2...20)
      )
      let samples: Samples<S> = random.samples(n, inputs: inputs, classes: classes)
      let params = Params<S>.initial(inputs: inputs, hidden: hidden, classes: classes, key: random.key())
      let (name, tensor) = random.element(params.named)
      let place = tensor.shape.map { random.int(0...$0 - 1) }
      let velocity = params.zero.replacing(name, place, with: S.greatestFiniteMagnitude)
      Threads.count = threads
      defer { Threads.count = 1 }
      for (lr, isFinite) in [(0.001, true), (10, false)] {
        let trainer = Trainer(params: params, optimizer: .momentum(lr: lr))
        let moment = trainer.next(Moment(params: params, memory: [velocity], step: 0, loss: nil), samples)
        #expect(moment.isFinite == isFinite && moment.params.isFinite == isFinite, "\(name)\(place)")
        #expect(trainer.start.isFinite)
      }
    }

    @Test(arguments: seeds(40)) func aMomentKnowsWhetherItIsFinite(seed: Int) {
      var random = Random(seed: seed)
      checkFinite(Float.self, &random, threads: 1 + seed % 3)
      checkFinite(Double.self, &random, threads: 1 + (seed + 1) % 3)
    }

    /// The scores of many samples are those of the page, bit for bit.
    private func checkScores<S: Real>(_ type: S.Type, _ random: inout Random, threads: Int) {
      let (n, inputs, hidden, classes) = (
        random.int(1...300), random.int(1...150), random.int(1...150), random.int(2...20)
      )
      let samples: Samples<S> = random.samples(n, inputs: inputs, classes: classes)
      var params = Params<S>.initial(inputs: inputs, hidden: hidden, classes: classes, key: random.key())
      if random.int(0...3) == 0 { params = params.replacing("0.weight", [inputs / 2, hidden / 2], with: .infinity) }
      Threads.count = threads
      defer { Threads.count = 1 }
      let h = relu(matmul(samples.x, params.w1) + params.b1)
      let expected = matmul(h, params.w2) + params.b2
      #expect(numbers(forward(params: params, x: samples.x)) == numbers(expected))
      let some = samples[(0..<random.int(1...200)).map { _ in random.int(0...n - 1) }]
      let result = evaluate(on: some, chunk: 40) {
        matmul(relu(matmul($0, params.w1) + params.b1), params.w2) + params.b2
      }
      let fused = evaluate(params: params, on: some)
      #expect(fused.confusion == result.confusion && (fused.loss == result.loss || result.loss.isNaN))
    }

    @Test(arguments: seeds(24)) func fusedScoresAreTheComposedOnes(seed: Int) {
      var random = Random(seed: seed)
      checkScores(Float.self, &random, threads: 1 + seed % 3)
      checkScores(Double.self, &random, threads: 1 + (seed + 1) % 3)
    }

    /// The bits of numbers, where one thing that is not a number is as good as another.
    private func numbers<S: Real>(_ tensor: Tensor<S>) -> [String] {
      tensor.elements.map { $0.isNaN ? "nan" : "\($0.sign) \($0.exponent) \($0.significandBitPattern)" }
    }

    @Test(arguments: seeds(24)) func aFusedStepIsTheComposedOne(seed: Int) {
      var random = Random(seed: seed)
      check(Float.self, &random, threads: 1 + seed % 3)
      check(Double.self, &random, threads: 1 + (seed + 1) % 3)
    }

    /// Where threads cannot be had, the team of a step is smaller than it asked for.
    @Test(arguments: seeds(12)) func aStepOnFewerThreadsThanAskedForIsTheSame(seed: Int) {
      let team = TakenTeam()
      defer { team.release() }
      var random = Random(seed: seed)
      check(Float.self, &random, threads: 2 + seed % 7)
      checkFinite(Double.self, &random, threads: 2 + seed % 7)
      checkScores(Float.self, &random, threads: 2 + seed % 7)
    }

    /// Trainers that run at the same time get teams of one thread or of all of them, from step to step.
    @Test(arguments: [20, 200]) func trainersAtOnceDoNotDisturbEachOther(hidden: Int) {
      var random = Random(seed: hidden)
      let samples = Samples<Float>(x: random.normal([480, 70]), y: random.labels(480, classes: 10))
      let trainers = (0..<2).map { number in
        Trainer(
          params: Params<Float>.initial(inputs: 70, hidden: hidden, classes: 10, key: Key(UInt64(number))),
          optimizer: .momentum(lr: 0.1))
      }
      let batches = Array(samples.batches(of: 48, epochs: 0..<6, key: Key(2)))
      @Sendable func train(_ trainer: Trainer<Params<Float>>) -> (finite: Int, bits: [UInt64]) {
        let moments = Array(batches.scan(trainer.start, trainer.next))
        return (moments.count { $0.isFinite }, bits(moments.last!.params))
      }
      let alone = trainers.map(train)
      Threads.count = 2
      defer { Threads.count = 1 }
      let together = Mutex([Int: (finite: Int, bits: [UInt64])]())
      DispatchQueue.concurrentPerform(iterations: 2) { number in
        let result = train(trainers[number])
        together.withLock { $0[number] = result }
      }
      for (number, expected) in alone.enumerated() {
        let found = together.withLock { $0[number] }
        #expect(expected.finite == 60 && found?.finite == 60 && found?.bits == expected.bits)
      }
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

    /// A byte that is zero may stand for a number that is not.
    @Test func bytesThatAreZeroCountWhereTheyStandForANumber() {
      var random = Random(seed: 5)
      let bytes = random.bytes(40 * 30).map { $0 < 128 ? 0 : $0 }
      let params = Params<Float>.initial(inputs: 30, hidden: 20, classes: 4, key: Key(1))
      let optimizer = Optimizer<Params<Float>>.momentum(lr: 0.1)
      for lowest: Float in [0, -0.0, 0.5] {
        let levels = [lowest] + (1..<256).map { Float($0) / 255 }
        let samples = Samples(bytes: bytes, shape: [40, 30], levels: levels, y: random.labels(40, classes: 4))
        let (a, b) = (Trainer(params: params, optimizer: optimizer), Trainer(composing: params, optimizer: optimizer))
        #expect(a.next(a.start, samples) == b.next(b.start, samples))
        #expect(evaluate(params: params, on: samples) == evaluate(on: samples) { forward(params: params, x: $0) })
      }
    }

    /// Zeros among the inputs are skipped, but not where they meet what is not finite: 0 · inf is not a number.
    @Test(arguments: seeds(24)) func infinitiesSpreadAsInTheComposedStep(seed: Int) {
      var random = Random(seed: seed)
      // Some inputs are zero in all samples: there a product with what is not finite is all that tells.
      let black = (0..<20).filter { _ in random.int(0...2) == 0 }
      var x: Tensor<Float> = random.normal([70, 20])
      for i in 0..<70 { for j in black { x[i, j] = 0 } }
      let samples = Samples(x: x, y: random.labels(70, classes: 3))
      var params = Params<Float>.initial(inputs: 20, hidden: 40, classes: 3, key: random.key())
      let size: Float = random.element([.infinity, -.infinity, .nan, 1e38])
      switch seed % 3 {
      case 0: params = params.replacing("0.weight", [random.element(black), random.int(0...39)], with: size)
      case 1: params = params.replacing("2.weight", [random.int(0...39), 1], with: size)
      default: params = params.replacing("2.bias", [1], with: size)
      }
      let optimizer = Optimizer<Params<Float>>.momentum(lr: 1e9)
      let (a, b) = (Trainer(params: params, optimizer: optimizer), Trainer(composing: params, optimizer: optimizer))
      let batches = samples.batches(of: 65, epochs: 0..<2, key: random.key())
      for (fused, composed) in zip(batches.scan(a.start, a.next), batches.scan(b.start, b.next)) {
        #expect(numbers(fused.params) == numbers(composed.params))
        #expect(numbers(fused.memory[0]) == numbers(composed.memory[0]))
        #expect(fused.loss == composed.loss || (fused.loss!.isNaN && composed.loss!.isNaN))
      }
    }

    /// The bits of all parameters, where one thing that is not a number is as good as another.
    private func numbers(_ params: Params<Float>) -> [UInt32] {
      params.named.flatMap { $0.tensor.elements.map { $0.isNaN ? UInt32.max : $0.bitPattern } }
    }
  }
}

extension Params {
  fileprivate func replacing(_ name: String, _ place: [Int], with number: Scalar) -> Params {
    traverse { found, tensor in
      guard found == name else { return tensor }
      var elements = tensor.elements
      elements[tensor.offset(of: place)] = number
      return Tensor(shape: tensor.shape, elements: elements)
    }
  }
}

extension Random {
  /// Samples with more or fewer zeros among their inputs, as numbers or as bytes that stand for numbers.
  fileprivate mutating func samples<S: Real>(_ n: Int, inputs: Int, classes: Int) -> Samples<S> {
    let (density, block) = (element([0, 0.2, 0.5, 0.9, 1]), int(1...6))
    let present = (0..<(n * inputs + block - 1) / block).flatMap { _ in
      Array(repeating: double() < density, count: block)
    }
    let y = labels(n, classes: classes)
    if int(0...1) == 0 {
      let levels = (0..<256).map { $0 == 0 ? S(element([0, 0, -0.0, 0.5])) : S(double(-1...1)) }
      return Samples(
        bytes: zip(bytes(n * inputs), present).map { $1 ? $0 : 0 }, shape: [n, inputs], levels: levels, y: y)
    }
    let numbers: Tensor<S> = normal([n, inputs])
    let zeros: [S] = [0, -0.0]
    return Samples(
      x: Tensor(
        shape: [n, inputs],
        elements: zip(numbers.elements, present).enumerated().map { $1.1 ? $1.0 : zeros[$0 % 2] }), y: y)
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

  /// Samples may keep their inputs as bytes that stand for numbers; nobody can tell.
  @Test(arguments: seeds(20)) func bytesAreTheNumbersTheyStandFor(seed: Int) {
    var random = Random(seed: seed)
    let n = random.int(1...20)
    let (bytes, y) = (random.bytes(n * 6), random.labels(n, classes: 3))
    let levels = (0..<256).map { Float($0) / 255 }
    let kept = Samples<Float>(bytes: bytes, shape: [n, 2, 3], levels: levels, y: y)
    let plain = Samples<Float>(x: Tensor(shape: [n, 2, 3], elements: bytes.map { levels[Int($0)] }), y: y)
    #expect(kept == plain && kept.x == plain.x && kept.count == n)
    let some = (0..<random.int(0...9)).map { _ in random.int(0...n - 1) }
    #expect(
      kept[some] == plain[some] && kept[some].x.shape == [some.count, 2, 3] && kept[0..<n / 2] == plain[0..<n / 2])
    #expect(kept[some][0..<some.count / 2] == plain[some][0..<some.count / 2])
    #expect(Array(kept.batches(of: 3, key: Key(9))) == Array(plain.batches(of: 3, key: Key(9))))
  }
}
