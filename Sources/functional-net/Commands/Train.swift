import FunctionalNet
import FunctionalNetIO

/// What a training run is told by its flags.
struct TrainSettings {
  let dataset: String
  let lr: Double
  let momentum: Double
  let hiddenNeurons: Int
  let epochs: Int
  let batchSize: Int
  let seed: UInt64
  let initializer: Initializer
  let precision: String
  let testFraction: Double
  let labelColumn: String

  init(_ arguments: Arguments) throws(UsageError) {
    dataset = arguments.text("dataset")!
    lr = try arguments.number("lr", "more than 0") { $0 > 0 }!
    momentum = try arguments.number("momentum", "0 or more and less than 1") { 0 <= $0 && $0 < 1 }!
    hiddenNeurons = try arguments.integer("hidden_neurons", in: 1...Int.max)!
    epochs = try arguments.integer("epochs", in: 1...Int.max)!
    batchSize = try arguments.integer("batch_size", in: 1...Int.max)!
    seed = try arguments.seed()
    initializer = arguments.initializer
    precision = arguments.text("precision")!
    testFraction = try arguments.number("test_fraction", "0 or more and less than 1") { 0 <= $0 && $0 < 1 }!
    labelColumn = arguments.text("label_column")!
  }

  /// The settings as the model file and the start of the log have them.
  var json: JSON {
    .members([
      "dataset": .string(dataset), "lr": .number(lr), "momentum": .number(momentum),
      "hidden_neurons": .integer(hiddenNeurons), "epochs": .integer(epochs), "batch_size": .integer(batchSize),
      "seed": .integer(Int(seed)),
      "initializer": .string(Initializer.named.first { $0.value == initializer }?.key ?? ""),
      "precision": .string(precision),
      "test_fraction": .number(testFraction), "label_column": .string(labelColumn),
    ])
  }
}

/// `functional-net train`: data in, network out, told about on the way.
func trainCommand(_ arguments: Arguments) throws {
  let settings = try TrainSettings(arguments)
  let threads = try arguments.useThreads()
  let savePath = arguments.text("save")
  if let savePath { try checkWritable(savePath) }
  let parts = try arguments.datasetParts(settings.dataset)
    .split(testFraction: settings.testFraction, key: RunKeys(seed: settings.seed).split)
  guard parts.training.count > 0 else { throw Failure.file("\(settings.dataset): there are no samples to train on") }
  try checkSize(parts.training, hidden: settings.hiddenNeurons)
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
  let training: Samples<S>
  let test: Samples<S>?
  let description: ModelDescription
  let trainer: Trainer<Params<S>>
  let savePath: String?
  let report: TrainReport

  /// A loss beyond this is divergence too: where all hidden units died of a huge step, it stays finite for ever.
  let largestLoss: Double

  init(_ settings: TrainSettings, _ parts: (training: Dataset, test: Dataset), savePath: String?, report: TrainReport) {
    let data = parts.training
    let scaling = InputScaling(fitting: data)
    self.settings = settings
    self.savePath = savePath
    self.report = report
    training = data.samples(scaling: scaling)
    test = parts.test.count > 0 ? parts.test.samples(scaling: scaling) : nil
    description = ModelDescription(
      classNames: data.classNames, inputShape: data.sampleShape, scaling: scaling, settings: settings.json)
    trainer = Trainer(
      params: .initial(
        inputs: data.sampleSize, hidden: settings.hiddenNeurons, classes: data.classNames.count,
        key: RunKeys(seed: settings.seed).parameters, initializer: settings.initializer),
      optimizer: .momentum(lr: settings.lr, momentum: settings.momentum))
    let few = training[0..<min(settings.batchSize, training.count, 1000)]
    largestLoss = 1e6 * max(1, Double(loss(params: trainer.start.params, x: few.x, y: few.y)))
  }

  func run(threads: Int) throws {
    report.start(
      settings, threads: threads, description: description, parameters: trainer.start.params.count,
      trainingSamples: training.count, testSamples: test?.count ?? 0)
    var start = trainer.start
    var result: EpochResult?
    var best: EpochResult?
    for epoch in 1...settings.epochs {
      let outcome = train(epoch, from: start)
      if let stop = outcome.stop { try end(stop, at: outcome.moment, of: epoch, from: start, best: best) }
      let measured = EpochResult(epoch: epoch, params: outcome.moment.params, training: training, test: test)
      guard measured.training.loss <= largestLoss else {
        let stop = TrainingStop.diverged(loss: measured.training.loss, epoch: epoch, batch: nil)
        try end(stop, at: outcome.moment, of: epoch, from: start, best: best)
      }
      report.epoch(measured, of: settings.epochs, lr: settings.lr, seconds: outcome.seconds)
      if measured.accuracy > best?.accuracy ?? -1 { best = measured }
      result = measured
      start = outcome.moment
    }
    let crc32 = try save(start)
    report.end(result: result, best: best, seed: settings.seed, crc32: crc32, savedTo: savePath)
  }

  /// The batches of an epoch.
  private func batches(_ epoch: Int) -> Batches<S> {
    training.batches(of: settings.batchSize, key: RunKeys(seed: settings.seed).batches.child(epoch - 1))
  }

  /// How far an epoch went.
  private struct EpochOutcome {
    let moment: Moment<Params<S>>
    let seconds: Double
    let stop: TrainingStop?
  }

  /// Trains through the batches of an epoch, as long as the loss is sound and nobody interrupts.
  private func train(_ epoch: Int, from start: Moment<Params<S>>) -> EpochOutcome {
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
      let rate = { Double(number * settings.batchSize) / max((clock.now - began).seconds, 1e-9) }
      report.step(epoch, of: settings.epochs, batch: number, of: batches.count, loss: loss, rate: rate)
    }
    return EpochOutcome(moment: moment, seconds: (clock.now - began).seconds, stop: stop)
  }

  /// Ends a run before its time: keeps the last good parameters, and says why.
  private func end(
    _ stop: TrainingStop, at moment: Moment<Params<S>>, of epoch: Int, from start: Moment<Params<S>>, best: EpochResult?
  ) throws -> Never {
    var kept = moment
    if stop.isDivergence {
      // The loss of a step is that of the parameters before it, so those before the last two steps are the last good
      // ones. Nobody kept them, but a fold can be folded again.
      let steps = moment.step - start.step - (stop.batch == nil ? 1 : 2)
      kept = batches(epoch).prefix(max(0, steps)).reduce(start, trainer.next)
    }
    let crc32 = try save(kept)
    report.end(stop, best: best, crc32: crc32, savedTo: savePath)
    throw stop.failure(lr: settings.lr, savedTo: savePath)
  }

  /// Saves the parameters, if they are to be saved, and returns their checksum.
  private func save(_ moment: Moment<Params<S>>) throws -> UInt32 {
    if let savePath { try Model(params: moment.params, description: description).save(savePath) }
    return Safetensors.crc32(of: moment.params)
  }
}

/// What is measured at the end of an epoch.
struct EpochResult {
  let epoch: Int
  let training: Evaluation
  let test: Evaluation?

  init<S: Real>(epoch: Int, params: Params<S>, training: Samples<S>, test: Samples<S>?) {
    self.epoch = epoch
    self.training = evaluate(params: params, on: training)
    self.test = test.map { evaluate(params: params, on: $0) }
  }

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

  func failure(lr: Double, savedTo path: String?) -> Failure {
    switch self {
    case .interrupted(let code, let epoch, let batch):
      let kept = path.map { "; the network as it was then is saved in \($0)" } ?? ""
      return .interrupted(code, "interrupted at epoch \(epoch), after batch \(batch)\(kept)")
    case .diverged(let loss, let epoch, let batch):
      let place = batch.map { "epoch \(epoch), batch \($0)" } ?? "the end of epoch \(epoch)"
      let kept = path.map { "; the last network before that is saved in \($0)" } ?? ""
      return .diverged(
        "training diverged: the loss is \(loss) at \(place), with learning rate \(plain(lr)); try a smaller --lr\(kept)"
      )
    }
  }
}
