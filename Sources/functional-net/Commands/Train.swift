import FunctionalNet
import FunctionalNetIO

/// What a training run is told by its flags.
struct TrainSettings {
  let dataset: String
  let network: NetworkSettings
  let learning: LearningSettings
  let epochs: Int
  let batchSize: Int
  let seed: UInt64
  let precision: String
  let testFraction: Double
  let labelColumn: String
  let missing: String?

  /// The training samples to use; nil for all.
  let samples: Int?

  /// The epochs to wait for a better one; nil where training goes on to its end.
  let patience: Int?

  init(_ arguments: Arguments) throws(UsageError) {
    dataset = arguments.text("dataset")!
    network = try NetworkSettings(arguments)
    learning = try LearningSettings(arguments)
    epochs = try arguments.integer("epochs", in: 1...Int.max)!
    batchSize = try arguments.integer("batch_size", in: 1...Int.max)!
    seed = try arguments.seed()
    precision = arguments.text("precision")!
    testFraction = try arguments.number("test_fraction", "0 or more and less than 1") { 0 <= $0 && $0 < 1 }!
    labelColumn = arguments.text("label_column")!
    missing = arguments.missing
    samples = try arguments.integer("samples", in: 1...Int.max)
    patience = try arguments.integer("patience", in: 1...Int.max)
  }

  /// The settings as the model file and the start of the log have them.
  var json: JSON {
    let initializer = Initializer.named.first { $0.value == network.initializer }?.key ?? ""
    var members: KeyValuePairs<String, JSON> {
      [
        "dataset": .string(dataset), "network": .string(network.name), "optimizer": .string(learning.optimizer),
        "lr": .number(learning.lr), "momentum": .number(learning.momentum), "loss": .string(learning.loss),
        "schedule": .string(learning.schedule.text), "weight_decay": .number(learning.weightDecay),
        "hidden_neurons": .integer(network.hiddenNeurons), "dropout": .number(network.dropout),
        "epochs": .integer(epochs), "batch_size": .integer(batchSize), "seed": .integer(Int(seed)),
        "initializer": .string(initializer), "precision": .string(precision),
        "test_fraction": .number(testFraction), "label_column": .string(labelColumn),
        "samples": samples.map { .integer($0) } ?? .null, "patience": patience.map { .integer($0) } ?? .null,
      ]
    }
    return .object(
      members.map { .init(name: $0.key, value: $0.value) }
        + (missing.map { [.init(name: "missing", value: .string($0))] } ?? []))
  }
}

/// `functional-net train`: data in, network out, told about on the way.
func trainCommand(_ arguments: Arguments) throws {
  let settings = try TrainSettings(arguments)
  let threads = try arguments.useThreads()
  let savePath = arguments.text("save")
  if let savePath { try checkWritable(savePath) }
  let keys = RunKeys(seed: settings.seed)
  var parts = try arguments.datasetParts(settings.dataset).split(testFraction: settings.testFraction, key: keys.split)
  if let samples = settings.samples, samples < parts.training.count {
    parts.training = parts.training.some(samples, key: keys.samples)
  }
  guard parts.training.count > 0 else { throw Failure.file("\(settings.dataset): there are no samples to train on") }
  try checkClasses(parts.training)
  try checkColumns(parts.training)
  let report = TrainReport(
    isJSON: arguments.isGiven("json"), isQuiet: arguments.isGiven("quiet"), color: Color(arguments.text("color")!))
  Interruption.listen()
  if settings.precision == "double" {
    try TrainingRun<Double>(settings, parts, savePath: savePath, report: report).run(threads: threads)
  } else {
    try TrainingRun<Float>(settings, parts, savePath: savePath, report: report).run(threads: threads)
  }
}

/// One run of training in one precision.
private struct TrainingRun<S: Real> {
  let settings: TrainSettings
  let network: Sequential<S>
  let training: Samples<S>
  let test: Samples<S>?
  let description: ModelDescription
  let loss: Loss<S>
  let trainer: Trainer<Stack<S>>
  let savePath: String?
  let report: TrainReport

  /// A loss beyond this is divergence too: where all hidden units died of a huge step, it stays finite for ever.
  let largestLoss: Double

  init(
    _ settings: TrainSettings, _ parts: (training: Dataset, test: Dataset), savePath: String?, report: TrainReport
  ) throws {
    let data = parts.training
    let scaling = InputScaling(fitting: data)
    let (network, sampleShape) = try settings.network.network(
      S.self, inputShape: data.sampleShape, classes: data.classNames.count, loss: settings.learning.loss)
    (self.settings, self.network, self.savePath, self.report) = (settings, network, savePath, report)
    training = data.samples(scaling: scaling).reshaped(sampleShape)
    test = parts.test.count > 0 ? parts.test.samples(scaling: scaling).reshaped(sampleShape) : nil
    description = ModelDescription(
      classNames: data.classNames, inputShape: data.sampleShape, scaling: scaling, settings: settings.json)
    let keys = RunKeys(seed: settings.seed)
    let size = settings.batchSize
    loss = settings.learning.loss()
    trainer = Trainer(
      network,
      params: settings.network.initialParams(network, sampleShape: sampleShape, key: keys.parameters),
      state: network.initialState(for: sampleShape), loss: loss,
      optimizer: settings.learning.optimizer(
        epochs: settings.epochs, stepsPerEpoch: (training.count - 1) / size + 1), key: keys.dice)
    let few = training[0..<min(size, training.count, 1000)]
    let start = trainer.start
    largestLoss = 1e6 * max(1, evaluate(network, start.params, start.state, on: few, loss: loss).loss)
  }

  func run(threads: Int) throws {
    report.start(
      settings, network: network.notation, threads: threads, description: description,
      parameters: trainer.start.params.count, trainingSamples: training.count, testSamples: test?.count ?? 0)
    var start = trainer.start
    var result: EpochResult?
    var best: EpochResult?
    var kept: (result: EpochResult, moment: Moment<Stack<S>>)?  // with patience, the best so far
    var isEarly = false
    for epoch in 1...settings.epochs {
      let lr = settings.learning.schedule.rate(
        settings.learning.lr, epochs: settings.epochs, stepsPerEpoch: batches(1).count)(start.progress)
      let outcome = train(epoch, from: start)
      if let stop = outcome.stop {
        try end(stop, at: kept?.moment ?? outcome.moment, of: epoch, from: start, best: best, keepsBest: kept != nil)
      }
      let measured = EpochResult(epoch: epoch, network, outcome.moment, training: training, test: test, loss: loss)
      guard measured.training.loss <= largestLoss else {
        let stop = TrainingStop.diverged(loss: measured.training.loss, epoch: epoch, batch: nil)
        try end(stop, at: kept?.moment ?? outcome.moment, of: epoch, from: start, best: best, keepsBest: kept != nil)
      }
      report.epoch(measured, of: settings.epochs, lr: lr, seconds: outcome.seconds)
      if measured.accuracy > best?.accuracy ?? -1 { best = measured }
      result = measured
      start = outcome.moment.noting(measured.monitored)
      guard let patience = settings.patience else { continue }
      if kept.map({ measured.monitored < $0.result.monitored }) ?? true { kept = (measured, start) }
      if let kept, epoch - kept.result.epoch >= patience {
        isEarly = epoch < settings.epochs
        break
      }
    }
    if let kept { (result, best, start) = (kept.result, kept.result, kept.moment) }
    let crc32 = try save(start)
    report.end(
      result: result, best: best, isEarly: isEarly, seed: settings.seed, crc32: crc32, savedTo: savePath)
  }

  /// The batches of an epoch.
  private func batches(_ epoch: Int) -> Batches<S> {
    training.batches(of: settings.batchSize, key: RunKeys(seed: settings.seed).batches.child(epoch - 1))
  }

  /// How far an epoch went.
  private struct EpochOutcome {
    let moment: Moment<Stack<S>>
    let seconds: Double
    let stop: TrainingStop?
  }

  /// Trains through the batches of an epoch, as long as the loss is sound and nobody interrupts.
  private func train(_ epoch: Int, from start: Moment<Stack<S>>) -> EpochOutcome {
    let clock = ContinuousClock()
    let batches = batches(epoch)
    let began = clock.now
    var moment = start
    var stop: TrainingStop?
    for (number, batch) in zip(1..., batches) {
      moment = trainer.next(consume moment, batch)
      let loss = Double(moment.loss ?? .nan)
      guard loss <= largestLoss else {
        stop = .diverged(loss: loss, epoch: epoch, batch: number)
        break
      }
      if let code = Interruption.exitCode {
        stop = .interrupted(exitCode: code, epoch: epoch, batch: number)
        break
      }
      let rate = { Double(number) * Double(settings.batchSize) / max((clock.now - began).seconds, 1e-9) }
      report.step(epoch, of: settings.epochs, batch: number, of: batches.count, loss: loss, rate: rate)
    }
    return EpochOutcome(moment: moment, seconds: (clock.now - began).seconds, stop: stop)
  }

  /// Ends a run before its time: keeps the last good parameters, and says why.
  private func end(
    _ stop: TrainingStop, at moment: Moment<Stack<S>>, of epoch: Int, from start: Moment<Stack<S>>, best: EpochResult?,
    keepsBest: Bool
  ) throws -> Never {
    var kept = moment
    if stop.isDivergence && !keepsBest {
      // The loss of a step is that of the parameters before it, so those before the last two steps are the last good
      // ones. Nobody kept them, but a fold can be folded again.
      let steps = moment.step - start.step - (stop.batch == nil ? 1 : 2)
      kept = batches(epoch).prefix(max(0, steps)).reduce(start, trainer.next)
    }
    let crc32 = try save(kept)
    report.end(stop, best: best, crc32: crc32, savedTo: savePath)
    throw stop.failure(lr: settings.learning.lr, savedTo: savePath, isBest: keepsBest)
  }

  /// Saves the parameters, if they are to be saved, and returns their checksum.
  private func save(_ moment: Moment<Stack<S>>) throws -> UInt32 {
    let model = Model(network: network, params: moment.params, state: moment.state, description: description)
    if let savePath { try model.save(savePath) }
    return Safetensors.crc32(of: model.tensors)
  }
}

/// What is measured at the end of an epoch.
struct EpochResult {
  let epoch: Int
  let training: Evaluation
  let test: Evaluation?

  init<S: Real>(
    epoch: Int, _ network: Sequential<S>, _ moment: Moment<Stack<S>>, training: Samples<S>, test: Samples<S>?,
    loss: Loss<S>
  ) {
    self.epoch = epoch
    let (params, state) = (moment.params, moment.state)
    self.training = evaluate(network, params, state, on: training, loss: loss)
    self.test = test.map { evaluate(network, params, state, on: $0, loss: loss) }
  }

  /// The loss that early stopping and schedules wait for to fall.
  var monitored: Double { (test ?? training).loss }

  /// The accuracy that counts: on the test part, if there is one.
  var accuracy: Double { (test ?? training).accuracy }
}

/// Why training stops before its time.
enum TrainingStop {
  case interrupted(exitCode: Int32, epoch: Int, batch: Int)

  /// The loss is not finite or a million times what it was at first, in a batch or, where that is nil, over the whole
  /// training part at the end of an epoch.
  case diverged(loss: Double, epoch: Int, batch: Int?)

  var isDivergence: Bool { if case .diverged = self { true } else { false } }

  /// The batch after which it happened.
  var batch: Int? {
    switch self {
    case .interrupted(_, _, let batch): batch
    case .diverged(_, _, let batch): batch
    }
  }

  func failure(lr: Double, savedTo path: String?, isBest: Bool) -> Failure {
    switch self {
    case .interrupted(let code, let epoch, let batch):
      let kept =
        path.map { "; the \(isBest ? "best network so far" : "network as it was then") is saved in \($0)" } ?? ""
      return .interrupted(code, "interrupted at epoch \(epoch), after batch \(batch)\(kept)")
    case .diverged(let loss, let epoch, let batch):
      let place = batch.map { "epoch \(epoch), batch \($0)" } ?? "the end of epoch \(epoch)"
      let kept = path.map { "; the \(isBest ? "best" : "last") network before that is saved in \($0)" } ?? ""
      return .diverged(
        "training diverged: the loss is \(loss) at \(place), with learning rate \(plain(lr)); try a smaller --lr\(kept)"
      )
    }
  }
}
