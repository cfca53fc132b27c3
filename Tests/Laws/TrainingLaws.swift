import FunctionalNet
import TestSupport
import Testing

@Suite struct TrainingLaws {
  private func setUp(_ seed: Int) -> (samples: Samples<Double>, trainer: Trainer<Params<Double>>) {
    var random = Random(seed: seed)
    let (n, inputs, classes) = (random.int(5...30), random.int(1...5), random.int(2...4))
    let samples = Samples<Double>(x: random.normal([n, inputs]), y: random.labels(n, classes: classes))
    let params = Params<Double>.initial(inputs: inputs, hidden: random.int(1...6), classes: classes, key: random.key())
    let optimizer: Optimizer<Params<Double>> = random.element([.sgd(lr: 0.1), .momentum(lr: 0.1), .nesterov(lr: 0.05)])
    return (samples, Trainer(params: params, optimizer: optimizer))
  }

  @Test(arguments: seeds(20)) func aFoldMayBeSplitAnywhere(seed: Int) {
    let (samples, trainer) = setUp(seed)
    let batches = Array(samples.batches(of: 4, epochs: 0..<3, key: Key(1)))
    let whole = batches.reduce(trainer.start, trainer.next)
    let half = batches.prefix(seed % batches.count).reduce(trainer.start, trainer.next)
    #expect(batches.dropFirst(seed % batches.count).reduce(half, trainer.next) == whole)
    #expect(whole.step == batches.count)
  }

  @Test(arguments: seeds(10)) func scanShowsTheFold(seed: Int) {
    let (samples, trainer) = setUp(seed)
    let batches = samples.batches(of: 3, key: Key(2))
    let moments = Array(batches.scan(trainer.start, trainer.next))
    #expect(moments.last == batches.reduce(trainer.start, trainer.next))
    #expect(moments.map(\.step) == Array(1...batches.count))
    #expect(moments.first?.loss == loss(params: trainer.start.params, x: batches[0].x, y: batches[0].y))
    #expect(trainer.start.loss == nil)
  }

  @Test func scanIsLazy() {
    var calls = 0
    let sums = (1...10).scan(0) { sum, next in
      calls += 1
      return sum + next
    }
    #expect(Array(sums.prefix(3)) == [1, 3, 6] && calls == 3)
  }

  @Test(arguments: seeds(10)) func aStepIsTheOptimizerOnTheGradients(seed: Int) {
    let (samples, trainer) = setUp(seed)
    let params = trainer.start.params
    let optimizer = Optimizer<Params<Double>>.momentum(lr: 0.1)
    let next = Trainer(params: params, optimizer: optimizer).next(trainer.start.with(memory: [params.zero]), samples)
    let (updates, memory) = optimizer.update(
      gradients(params: params, x: samples.x, y: samples.y), [params.zero], params, Progress(step: 0))
    #expect(next.params == params + updates && next.memory == memory)
  }

  @Test func trainingLearns() {
    let xor = Samples<Double>(x: Tensor(rows: [[0, 0], [0, 1], [1, 0], [1, 1]]), y: [0, 1, 1, 0])
    let trainer = Trainer(
      params: Params<Double>.initial(inputs: 2, hidden: 16, classes: 2, key: Key(3)), optimizer: .momentum(lr: 0.1))
    let trained = xor.batches(of: 4, epochs: 0..<200, key: Key(4)).reduce(trainer.start, trainer.next)
    #expect(predict(params: trained.params, x: xor.x) == xor.y)
    #expect(loss(params: trained.params, x: xor.x, y: xor.y) < 0.05)
  }

  @Test func trainingInFloatFollowsTrainingInDouble() {
    func trained<S: Real>(_ type: S.Type) -> Params<S> {
      var random = Random(seed: 5)
      let samples = Samples<S>(x: random.normal([20, 4]), y: random.labels(20, classes: 3))
      let trainer = Trainer(
        params: Params<S>.initial(inputs: 4, hidden: 6, classes: 3, key: Key(1)), optimizer: .momentum(lr: 0.1))
      return samples.batches(of: 4, epochs: 0..<3, key: Key(1)).reduce(trainer.start, trainer.next).params
    }
    let (float, double) = (trained(Float.self), trained(Double.self))
    for (a, b) in zip(float.named, double.named) {
      #expect(zip(a.tensor.elements, b.tensor.elements).allSatisfy { abs(Double($0) - $1) < 1e-4 })
    }
  }
}

extension Moment {
  fileprivate func with(memory: Optimizer<P>.Memory) -> Moment {
    Moment(params: params, memory: memory, step: step, loss: loss)
  }
}

@Suite struct BatchLaws {
  @Test(arguments: seeds(30)) func batchesHoldEverySampleOnce(seed: Int) {
    var random = Random(seed: seed)
    let (n, size) = (random.int(1...40), random.int(1...45))
    let samples = Samples<Float>(x: Tensor(shape: [n, 1], elements: (0..<n).map(Float.init)), y: Labels(Array(0..<n)))
    let batches = samples.batches(of: size, key: Key(UInt64(seed)))
    #expect(batches.flatMap(\.y.indices).sorted() == Array(0..<n))
    #expect(batches.allSatisfy { $0.x.elements.map { Int($0) } == $0.y.indices })
    #expect(batches.dropLast().allSatisfy { $0.count == size } && batches.last!.count == (n - 1) % size + 1)
    #expect(batches.count == (n + size - 1) / size)
    #expect(Array(batches) == Array(samples.batches(of: size, key: Key(UInt64(seed)))))
  }

  @Test func epochsAreShuffledDifferently() {
    let samples = Samples<Float>(x: .zeros([20, 1]), y: Labels(Array(0..<20)))
    let orders = (0..<5).map { samples.batches(of: 20, key: Key(1).child($0))[0].y }
    #expect(Set(orders.map(\.indices)).count == 5)
    #expect(Array(samples.batches(of: 20, epochs: 0..<5, key: Key(1))).map(\.y) == orders)
    #expect(Array(samples.batches(of: 20, epochs: 2..<4, key: Key(1))).map(\.y) == Array(orders[2..<4]))
  }

  @Test(arguments: seeds(40)) func splitsAreStratified(seed: Int) {
    var random = Random(seed: seed)
    let classes = random.int(1...6)
    let labels = random.labels(random.int(1...120), classes: classes)
    let fraction = random.double(0...0.9)
    let (training, test) = labels.stratifiedSplit(testFraction: fraction, key: Key(UInt64(seed)))
    #expect((training + test).sorted() == Array(0..<labels.count))
    #expect(training == training.sorted() && test == test.sorted())
    for c in 0..<classes {
      let all = labels.indices.lazy.filter { $0 == c }.count
      let held = test.lazy.filter { labels.indices[$0] == c }.count
      #expect(
        all == 0 || (held < all && abs(Double(held) - Double(all) * fraction) <= 1), "class \(c): \(held) of \(all)")
    }
    #expect(labels.stratifiedSplit(testFraction: fraction, key: Key(UInt64(seed))).test == test)
    #expect(labels.stratifiedSplit(testFraction: 0, key: Key(1)).test == [])
  }

  @Test func splitsHaveTheSizeAskedFor() {
    let labels = Labels((0..<150).map { $0 / 50 })
    let (training, test) = labels.stratifiedSplit(testFraction: 0.2, key: Key(1))
    #expect(training.count == 120 && test.count == 30)
    #expect(test != labels.stratifiedSplit(testFraction: 0.2, key: Key(2)).test)
    #expect(test != Array(test[0]..<test[0] + 30))
  }
}

@Suite struct EvaluationLaws {
  @Test func confusionCountsEverySample() {
    let x = Tensor<Float>(rows: [[2, 1, 0], [0, 3, 1], [0, 1, 5], [9, 0, 0], [1, 2, 0]])
    let result = evaluate(on: Samples(x: x, y: [0, 1, 1, 2, 1])) { $0 }
    #expect(result.confusion == [[1, 0, 0], [0, 2, 1], [1, 0, 0]])
    #expect(result.count == 5 && result.correct == 3 && result.accuracy == 0.6)
    #expect(result.loss == Double(crossEntropy(x, [0, 1, 1, 2, 1])))
  }

  @Test(arguments: seeds(15)) func chunksDoNotMatter(seed: Int) {
    var random = Random(seed: seed)
    let (params, x, y) = random.twoLayerCase(Float.self)
    let samples = Samples(x: x, y: y)
    let whole = evaluate(on: samples) { forward(params: params, x: $0) }
    for chunk in 1...3 { #expect(evaluate(on: samples, chunk: chunk) { forward(params: params, x: $0) } == whole) }
    #expect(evaluate(params: params, on: samples) == whole)
    #expect(Evaluation(forward(params: params, x: x), samples.targets, loss: .crossEntropy()) == whole)
  }

  @Test(arguments: seeds(15)) func predictionsDoNotDependOnTheBatch(seed: Int) {
    var random = Random(seed: seed)
    let (params, x, _) = random.twoLayerCase(Float.self)
    let whole = probabilities(params: params, x: x)
    for row in 0..<x.rowCount {
      #expect(bits(probabilities(params: params, x: x.rows(row..<row + 1))) == bits(whole.rows(row..<row + 1)))
    }
    #expect(predict(params: params, x: x).indices == whole.argmax())
  }
}
