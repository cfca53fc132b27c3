import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// What PyTorch makes of layers, losses, optimizers and networks; see `Fixtures/layers.py`.
@Suite struct PyTorchParity {
  private static let fixtures = Result { try JSON(parsing: readFile(fixture("layers.json"))) }

  private func cases(_ name: String) throws -> [JSON] {
    try #require(Self.fixtures.get()[name]?.arrayValue)
  }

  /// The largest difference that passes, next to the size of the numbers.
  private func bound<S: Real>(_ type: S.Type) -> Double { S.self == Double.self ? 1e-10 : 1e-5 }

  private func expectClose<S: Real>(
    _ ours: Tensor<S>, _ theirs: Tensor<S>, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(ours.shape == theirs.shape, "\(what)", sourceLocation: sourceLocation)
    let size = max(theirs.elements.lazy.map { abs(Double($0)) }.max() ?? 0, 1e-3)
    let error = zip(ours.elements, theirs.elements).map { abs(Double($0) - Double($1)) }.max() ?? 0
    let isClose = error / size <= bound(S.self)
    #expect(isClose, "\(what): \(error / size) off; \(ours), PyTorch has \(theirs)", sourceLocation: sourceLocation)
  }

  private func expectClose<P: Parameters>(
    _ ours: P, _ theirs: JSON?, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (name, tensor) in ours.named {
      let expected: Tensor<P.Scalar> = try read(theirs?[name], asStored: tensor.shape)
      expectClose(tensor, expected, "\(what), \(name)", sourceLocation: sourceLocation)
    }
  }

  // MARK: Layers

  @Test(arguments: 0..<35) func layers(number: Int) throws {
    try checkLayer(Double.self, number)
    try checkLayer(Float.self, number)
  }

  @Test func allLayersAreChecked() throws {
    let notations = try cases("layers").compactMap { $0["notation"]?.stringValue }
    #expect(notations.count == 35)
    for name in layerNames where name != "sequential" { #expect(notations.contains { $0.hasPrefix(name) }, "\(name)") }
  }

  private func checkLayer<S: Real>(_ type: S.Type, _ number: Int) throws {
    let json = try cases("layers")[number]
    let network = try Sequential<S>(notation: try #require(json["notation"]?.stringValue))
    let x: Tensor<S> = try read(json["x"])
    let shape = Array(x.shape.dropFirst())
    let params = try network.initialParams(for: shape, key: Key(1)).loaded(json["state"])
    let state = try network.initialState(for: shape).loaded(json["state"])
    let mode = json["training"] == .bool(true) ? Mode.training(Key(1)) : .inference
    let pass = network.pass(params, state, x, mode)
    let gradients = pass.pullback(try read(json["dy"]))
    let name = "\(network.notation) in \(S.self)"
    expectClose(pass.output, try read(json["y"]), name)
    expectClose(gradients.input(), try read(json["dx"]), "\(name): input")
    try expectClose(gradients.params, json["gradients"], name)
    try expectClose(pass.state, json["next"], "\(name): state")
  }

  // MARK: Losses

  @Test(arguments: 0..<18) func losses(number: Int) throws {
    try checkLoss(Double.self, number)
    try checkLoss(Float.self, number)
  }

  private func checkLoss<S: Real>(_ type: S.Type, _ number: Int) throws {
    #expect(try cases("losses").count == 18)
    let json = try cases("losses")[number]
    let loss: Loss<S> = try namedLoss(json)
    let kind: Targets<S>.Kind =
      if let labels = json["labels"]?.arrayValue {
        .labels(Labels(labels.compactMap(\.integerValue)))
      } else {
        .values(try read(json["values"]))
      }
    let targets = Targets(kind, weights: json["sample_weights"]?.arrayValue?.compactMap(\.doubleValue).map { S($0) })
    let (value, gradient) = loss(try read(json["output"]), targets)
    expectClose(Tensor([value]), Tensor([S(try #require(json["value"]?.doubleValue))]), "\(number) \(loss.name)")
    expectClose(gradient(), try read(json["gradient"]), "\(number) \(loss.name)")
  }

  /// The loss of a case, with its settings if it has any.
  private func namedLoss<S: Real>(_ json: JSON) throws -> Loss<S> {
    let losses: [Loss<S>] = [
      .crossEntropy(
        classWeights: json["class_weights"]?.arrayValue?.compactMap(\.doubleValue),
        labelSmoothing: json["label_smoothing"]?.doubleValue ?? 0),
      .meanSquared, .halfSquaredSum, .meanAbsolute, .huber(delta: json["delta"]?.doubleValue ?? 1), .binaryCrossEntropy,
    ]
    let name = try #require(json["loss"]?.stringValue)
    return try #require(losses.first { $0.name == name }, "\(name)")
  }

  // MARK: Optimizers

  private struct Vector<S: Real>: Parameters {
    let value: Tensor<S>
    func traverse(_ visit: (String, Tensor<S>) throws -> Tensor<S>) rethrows -> Vector {
      Vector(value: try visit("value", value))
    }
  }

  @Test(arguments: 0..<14) func optimizers(number: Int) throws {
    try checkOptimizer(Double.self, number)
    try checkOptimizer(Float.self, number)
  }

  private func checkOptimizer<S: Real>(_ type: S.Type, _ number: Int) throws {
    #expect(try cases("optimizers").count == 14)
    let json = try cases("optimizers")[number]
    let name = try #require(json["optimizer"]?.stringValue)
    let optimizers: [String: Optimizer<Vector<S>>] = [
      "sgd": .sgd(lr: 0.1), "momentum": .momentum(lr: 0.1), "nesterov": .nesterov(lr: 0.1, momentum: 0.8),
      "adagrad": .adagrad(lr: 0.1), "rmsprop": .rmsprop(lr: 0.01), "adam": .adam(lr: 0.01),
      "adamw": .adamW(lr: 0.01, weightDecay: 0.1),
      "weight_decay momentum": .chain(.weightDecay(0.3), .momentum(lr: 0.1)),
      "weight_decay adam": .chain(.weightDecay(0.3), .adam(lr: 0.01)),
      "clip_norm sgd": .chain(.clip(norm: 1), .sgd(lr: 0.1)),
      "clip_value sgd": .chain(.clip(value: 0.5), .sgd(lr: 0.1)),
      "sgd step": .sgd(lr: .step(0.1, every: 3, factor: 0.5)),
      "sgd exponential": .sgd(lr: .exponential(0.1, factor: 0.9)),
      "sgd cosine": .sgd(lr: .cosine(0.1, steps: 8, end: 0.01)),
    ]
    let optimizer = try #require(optimizers[name])
    func numbers(_ json: JSON?) throws -> Tensor<S> {
      Tensor(try #require(json?.arrayValue).map { S(try #require($0.doubleValue)) })
    }
    let file = try Self.fixtures.get()
    var params = Vector<S>(value: try numbers(file["start"]))
    var memory = optimizer.initial(params)
    let gradients = try #require(file["gradients"]?.arrayValue)
    let path = try #require(json["path"]?.arrayValue)
    #expect(gradients.count == 10 && path.count == 10)
    // PyTorch's cosine goes up again after its end, ours stays there.
    for (step, gradient) in gradients.enumerated() where name != "sgd cosine" || step < 8 {
      let (updates, next) = optimizer.update(Vector(value: try numbers(gradient)), memory, params, Progress(step: step))
      (params, memory) = (params + updates, next)
      expectClose(params.value, try numbers(path[step]), "\(name), step \(step), \(S.self)")
    }
  }

  @Test func plateau() throws {
    let json = try #require(Self.fixtures.get()["plateau"])
    let history = try #require(json["history"]?.arrayValue).compactMap(\.doubleValue)
    let rates = try #require(json["rates"]?.arrayValue).compactMap(\.doubleValue)
    let schedule = Schedule.constant(0.1).reducedOnPlateau(factor: 0.5, patience: 2)
    #expect(history.count == 14 && Set(rates).count > 2)
    for count in 1...history.count {
      let rate = schedule(Progress(step: 7 * count, history: Array(history.prefix(count))))
      #expect(abs(rate - rates[count - 1]) < 1e-15, "after \(count) epochs")
    }
  }

  // MARK: Networks

  @Test(arguments: 0..<16) func tenStepsOfTraining(number: Int) throws {
    try checkTraining(Double.self, number)
    try checkTraining(Float.self, number)
  }

  private func checkTraining<S: Real>(_ type: S.Type, _ number: Int) throws {
    #expect(try cases("networks").count == 16)
    let json = try cases("networks")[number]
    let network = try Sequential<S>(notation: try #require(json["notation"]?.stringValue))
    let x: Tensor<S> = try read(json["x"])  // [steps, samples, ...]
    let (samples, shape) = (x.shape[1], Array(x.shape.dropFirst(2)))
    let labels = try #require(json["labels"]?.arrayValue).flatMap { ($0.arrayValue ?? []).compactMap(\.integerValue) }
    let all = Samples(x: x.reshaped([10 * samples] + shape), y: Labels(labels))
    let optimizers: [String: Optimizer<Stack<S>>] = [
      "sgd": .sgd(lr: 0.05), "momentum": .momentum(lr: 0.05), "nesterov": .nesterov(lr: 0.05), "adam": .adam(lr: 0.01),
      "adamw": .adamW(lr: 0.01, weightDecay: 0.01), "adagrad": .adagrad(lr: 0.01), "rmsprop": .rmsprop(lr: 0.01),
    ]
    let rule = try #require(json["optimizer"]?.stringValue)
    let trainer = Trainer(
      network, params: try network.initialParams(for: shape, key: Key(1)).loaded(json["start"]),
      state: try network.initialState(for: shape).loaded(json["start"]),
      loss: try namedLoss(json), optimizer: try #require(optimizers[rule]), key: Key(1))
    let batches = (0..<10).map { all[$0 * samples..<($0 + 1) * samples] }
    let moments = Array(batches.scan(trainer.start, trainer.next))
    let values = try #require(json["values"]?.arrayValue).compactMap(\.doubleValue)
    for (moment, value) in zip(moments, values) {
      expectClose(
        Tensor([try #require(moment.loss)]), Tensor([S(value)]), "\(network.notation), step \(moment.step)")
    }
    let end = try #require(moments.last)
    try expectClose(end.params, json["end"], network.notation)
    try expectClose(end.state, json["end"], network.notation)
    expectClose(
      network(end.params, end.state, batches[0].x), try read(json["scores"]), "\(network.notation): scores")
  }
}

/// A tensor of the fixtures; a matrix that is a parameter, and not a sample, is turned.
private func read<S: Real>(_ json: JSON?, asStored shape: [Int]? = nil) throws -> Tensor<S> {
  let lengths = try #require(json?["shape"]?.arrayValue).map { try #require($0.integerValue) }
  let data = try #require(json?["data"]?.arrayValue).map { S(try #require($0.doubleValue)) }
  let tensor = Tensor(shape: lengths, elements: data)
  return shape?.count == 2 ? tensor.transposed.copy() : tensor
}

extension Parameters {
  /// This record with the numbers that PyTorch has under its names.
  fileprivate func loaded(_ json: JSON?) throws -> Self {
    try traverse { name, tensor in
      let loaded: Tensor<Scalar> = try read(json?[name], asStored: tensor.shape)
      #expect(loaded.shape == tensor.shape)
      return loaded
    }
  }
}
