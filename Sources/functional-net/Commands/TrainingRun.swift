import FunctionalNet
import FunctionalNetIO

/// One run of training in one precision.
struct TrainingRun<S: Real> {
  private let settings: TrainSettings
  private let network: Sequential<S>
  private let training: Samples<S>
  private let test: Samples<S>?
  private let description: ModelDescription
  private let loss: Loss<S>
  private let rate: Schedule
  private let trainer: Trainer<Stack<S>>
  private let stepsPerEpoch: Int
  private let files: OutputFiles

  /// The checkpoint that the run goes on from; nil where it begins.
  private let file: Safetensors?
  private let checkpoints: CheckpointWriter
  private let report: TrainReport

  /// A loss beyond this is divergence too: where all hidden units died of a huge step, it stays finite for ever.
  private let largestLoss: Double

  private typealias Run = Moment<Stack<S>>

  /// How far the run is beside its moment; with patience, the best network so far.
  private struct Standing {
    var progress = RunProgress()
    var best: Checkpoint<Stack<S>>.Best?
  }

  init(
    _ settings: TrainSettings, _ parts: (training: Dataset, test: Dataset), _ origin: JSON, _ files: OutputFiles,
    _ report: TrainReport, from file: Safetensors?
  ) throws {
    let data = parts.training
    let scaling = InputScaling(fitting: data)
    let (network, sampleShape) = try settings.network.network(
      S.self, inputShape: data.sampleShape, classes: data.classNames.count, loss: settings.learning.loss)
    loss = settings.learning.loss()
    if let problem = settings.network.outputProblem(
      of: network, for: loss, inputShape: data.sampleShape, data.classNames.count)
    {
      // A run of an earlier version goes on as it began.
      if file == nil { throw UsageError("argument --network: \(problem.message)\(problem.advice)") }
      report.warning("the network '\(network.notation)': \(problem.message)")
    }
    if let file, network.size(for: sampleShape).parameters > file.data.count / MemoryLayout<S>.stride {
      throw Failure.file(
        "\(file.file): the network '\(network.notation)' has more parameters than there are in this file")
    }
    (self.settings, self.network, self.files, self.file, self.report) = (settings, network, files, file, report)
    checkpoints = CheckpointWriter(files)
    training = data.samples(scaling: scaling).reshaped(sampleShape)
    test = parts.test.count > 0 ? parts.test.samples(scaling: scaling).reshaped(sampleShape) : nil
    description = ModelDescription(
      classNames: data.classNames, inputShape: data.sampleShape, scaling: scaling, columnNames: data.columnNames,
      settings: origin)
    let keys = RunKeys(seed: settings.seed)
    stepsPerEpoch = batchCount(training.count, of: settings.batchSize)
    rate = settings.learning.rate(epochs: settings.epochs, stepsPerEpoch: stepsPerEpoch)
    trainer = Trainer(
      network,
      params: settings.network.initialParams(network, sampleShape: sampleShape, key: keys.parameters),
      state: network.initialState(for: sampleShape), loss: loss, optimizer: settings.learning.optimizer(rate: rate),
      key: keys.dice)
    let few = training[0..<min(settings.batchSize, training.count, 1000)]
    let start = trainer.start
    largestLoss = 1e6 * max(1, evaluate(network, start.params, start.state, on: few, loss: loss).loss)
  }

  /// Trains, from the beginning or from a checkpoint on; says and writes what came of it.
  func run(threads: Int) throws {
    var (moment, standing) = try file.map(restored) ?? (trainer.start, Standing())
    report.start(
      settings, network: network.notation, threads: threads, description: description,
      parameters: trainer.start.params.count, trainingSamples: training.count, testSamples: test?.count ?? 0,
      resumedAfter: file == nil ? nil : (epochs: moment.history.count, batches: batchesDone(moment)))
    var result: EpochResult?
    while moment.history.count < settings.epochs,
      !standing.progress.isStale(patience: settings.patience)
    {
      let epoch = moment.history.count + 1
      let lr = rate(moment.progress)
      let outcome = train(epoch, from: moment, standing)
      if let stop = outcome.stop { try end(stop, at: outcome.moment, standing) }
      let measured = measured(epoch, outcome.moment.params, outcome.moment.state)
      guard measured.training.loss <= largestLoss else {
        let (divergence, sound) = diagnosed(
          loss: measured.training.loss, after: outcome.moment, from: moment, epoch, batch: nil)
        try end(.diverged(divergence), at: sound, standing)
      }
      report.epoch(measured, of: settings.epochs, lr: lr, seconds: outcome.seconds, samples: outcome.samples)
      moment = outcome.moment.noting(measured.monitored)
      if standing.progress.take(measured.monitored), settings.patience != nil {
        standing.best = Checkpoint.Best(params: moment.params, state: moment.state)
      }
      result = measured
      if let code = Interruption.exitCode, epoch < settings.epochs {
        try end(.interrupted(exitCode: code, epoch: epoch, batch: stepsPerEpoch), at: moment, standing)
      }
      write(moment, standing)
    }
    try finish(moment, standing, result)
  }

  /// The last words of a run that came to its end.
  private func finish(_ moment: Run, _ standing: Standing, _ last: EpochResult?) throws {
    let epochs = moment.history.count
    if last == nil {
      write(moment, standing)
      report.note(
        "\(epochs == 1 ? "the only epoch was" : "all \(epochs) epochs were") done before; --epochs asks for more")
    }
    let final = standing.best ?? Checkpoint.Best(params: moment.params, state: moment.state)
    let epoch = savedEpoch(moment, standing) ?? epochs
    let result = last.flatMap { $0.epoch == epoch ? $0 : nil } ?? measured(epoch, final.params, final.state)
    let crc32 = try save(final)
    let first = trainer.start
    let warnings = result.warnings(
      firstLoss: evaluate(network, first.params, first.state, on: training, loss: loss).loss,
      lr: settings.learning.lr, classNames: description.classNames, hasLabelColumn: settings.hasLabelColumn)
    report.end(
      result: result, of: epochs, bestEpoch: standing.progress.bestEpoch, isEarly: epochs < settings.epochs,
      warnings: warnings, seed: settings.seed, crc32: crc32, savedTo: files.save)
    if let failure = checkpoints.failure { throw failure }
  }

  /// Ends a run before its time: keeps the last good moment, and says why.
  private func end(_ stop: TrainingStop, at moment: Run, _ standing: Standing) throws -> Never {
    write(moment, standing)
    let crc32 = try save(standing.best ?? Checkpoint.Best(params: moment.params, state: moment.state))
    report.end(
      stop, bestEpoch: standing.progress.bestEpoch, savedEpoch: savedEpoch(moment, standing), crc32: crc32)
    if let failure = checkpoints.failure { throw failure }
    throw stop.failure(files, bestEpoch: standing.best == nil ? nil : standing.progress.bestEpoch)
  }

  /// The epoch whose network is reported and saved: with patience the best one, otherwise the last; nil where the network is
  /// from the middle of an epoch, or from before the first one.
  private func savedEpoch(_ moment: Run, _ standing: Standing) -> Int? {
    if standing.best != nil { return standing.progress.bestEpoch }
    return batchesDone(moment) == 0 && moment.step > 0 ? moment.history.count : nil
  }

  // MARK: An epoch

  /// How far an epoch went.
  private struct EpochOutcome {
    /// The moment at its end, or the last good one.
    let moment: Run

    /// What was trained on, and how long it took.
    let samples: Int
    let seconds: Double
    let stop: TrainingStop?
  }

  /// The batches of an epoch that a moment still has before it.
  private func batches(_ epoch: Int, from moment: Run) -> Batches<S> {
    let all = training.batches(of: settings.batchSize, key: RunKeys(seed: settings.seed).batches.child(epoch - 1))
    let done = batchesDone(moment)
    return done == 0 ? all : all.from(done)
  }

  /// The batches that are behind a moment in its epoch.
  private func batchesDone(_ moment: Run) -> Int { moment.step - moment.history.count * stepsPerEpoch }

  /// Trains through an epoch, as long as the loss is sound and nobody interrupts.
  private func train(_ epoch: Int, from start: Run, _ standing: Standing) -> EpochOutcome {
    let clock = ContinuousClock()
    let batches = batches(epoch, from: start)
    let done = batchesDone(start)
    let began = clock.now
    var moment = start
    func outcome(_ moment: Run, _ stop: TrainingStop?) -> EpochOutcome {
      let seconds = (clock.now - began).seconds
      let size = min(settings.batchSize, training.count)
      let samples = min((moment.step - start.step) * size, max(0, training.count - done * size))
      return EpochOutcome(moment: moment, samples: samples, seconds: seconds, stop: stop)
    }
    func diverged(_ moment: Run) -> EpochOutcome {
      let (divergence, sound) = diagnosed(
        loss: Double(moment.loss ?? .nan), after: moment, from: start, epoch, batch: done + moment.step - start.step)
      return outcome(sound, .diverged(divergence))
    }
    for (number, batch) in zip(1..., batches) {
      moment = trainer.next(consume moment, batch)
      guard isSound(moment) else { return diverged(moment) }
      let code = Interruption.exitCode
      if number < batches.count, code != nil || checkpoints.isDue {
        // What is written must be good, and whether it is, its own loss tells: that of the next step.
        let ahead = trainer.next(moment, batches[number])
        guard isSound(ahead) else { return diverged(ahead) }
        if let code { return outcome(moment, .interrupted(exitCode: code, epoch: epoch, batch: done + number)) }
        write(moment, standing)
      }
      let rate = { Double(number) * Double(settings.batchSize) / max((clock.now - began).seconds, 1e-9) }
      report.step(
        epoch, of: settings.epochs, batch: done + number, of: stepsPerEpoch, loss: Double(moment.loss ?? .nan),
        rate: rate)
    }
    return outcome(moment, nil)
  }

  /// Whether the latest loss and the parameters after it are what they should be.
  private func isSound(_ moment: Run) -> Bool {
    Double(moment.loss ?? .nan) <= largestLoss && moment.isFinite
  }

  private func measured(_ epoch: Int, _ params: Stack<S>, _ state: Stack<S>) -> EpochResult {
    func evaluation(_ samples: Samples<S>) -> Evaluation { evaluate(network, params, state, on: samples, loss: loss) }
    return EpochResult(epoch: epoch, training: evaluation(training), test: test.map(evaluation))
  }

  // MARK: Divergence

  /// What went wrong at the step to a moment, or, where `batch` is nil, at the end of an epoch; and the last good moment.
  private func diagnosed(
    loss: Double, after moment: Run, from start: Run, _ epoch: Int, batch: Int?
  ) -> (Divergence, sound: Run) {
    // Nobody kept the moments on the way, but a fold can be folded again.
    func earlier(_ steps: Int) -> Run {
      batches(epoch, from: start).prefix(max(0, moment.step - start.step - steps)).reduce(start, trainer.next)
    }
    // The loss of a step is that of the parameters before it, which the step before made.
    let isOfGradient = batch != nil && loss <= largestLoss
    let before = batch == nil ? moment : earlier(1)
    let sound = batch != nil && !isOfGradient ? earlier(2) : earlier(1)
    let samples = batch == nil ? training : batches(epoch, from: start)[before.step - start.step]
    let layer = layerNotFinite(before, samples, isOfGradient: isOfGradient, isTraining: batch != nil)
    let divergence = Divergence(
      loss: loss, epoch: epoch, batch: batch, lr: rate(before.progress),
      layer: layer.map { ($0, network.layers[$0].notation) }, isOfGradient: isOfGradient)
    return (divergence, sound)
  }

  /// The layer where the numbers of some samples first are not finite, on the way forward or back.
  private func layerNotFinite(_ moment: Run, _ samples: Samples<S>, isOfGradient: Bool, isTraining: Bool) -> Int? {
    let mode = isTraining ? Mode.training(moment.key.child(moment.step)) : .inference
    if isOfGradient {
      let pass = network.pass(moment.params, moment.state, samples.x, mode)
      return network.lastLayerNotFinite(pass.pullback(loss(pass.output, samples.targets).gradient()).params)
    }
    let chunk = isTraining ? samples.count : 1000
    return stride(from: 0, to: samples.count, by: chunk).lazy.compactMap { start in
      let part = samples[start..<min(start + chunk, samples.count)]
      return network.firstLayerNotFinite(moment.params, moment.state, part.x, mode)
    }.first
  }

  // MARK: Files

  /// Saves a network, if it is to be saved, and returns its checksum.
  private func save(_ best: Checkpoint<Stack<S>>.Best) throws -> UInt32 {
    let model = model(best.params, best.state)
    if let path = files.save { try model.save(path) }
    return Safetensors.crc32(of: model.tensors)
  }

  private func model(_ params: Stack<S>, _ state: Stack<S>) -> Model<S> {
    Model(network: network, params: params, state: state, description: description)
  }

  /// Writes a checkpoint, if there is a place for it.
  private func write(_ moment: Run, _ standing: Standing) {
    checkpoints.write {
      let run = JSON.members(["save": files.save.map { .string(absolutePath($0)) } ?? .null])
      let texts = model(moment.params, moment.state).metadata + [("run", run.description)]
      return Checkpoint(
        moment: moment, best: standing.best, metadata: Dictionary(uniqueKeysWithValues: texts.map { ($0, $1) }))
    }
    if let failure = checkpoints.failure { report.warning("\(failure); training goes on") }
  }

  /// Where the run of a checkpoint was.
  private func restored(_ file: Safetensors) throws -> (Run, Standing) {
    let checkpoint = try Checkpoint(file, like: trainer.start)
    let moment = checkpoint.moment
    let epochs = moment.history.count
    guard moment.key == trainer.start.key, 0...stepsPerEpoch ~= batchesDone(moment),
      (checkpoint.best != nil) == (settings.patience != nil && epochs > 0)
    else {
      throw Failure.file("\(files.checkpoint ?? ""): the step, the epochs and the settings of this run do not fit")
    }
    if epochs > settings.epochs || epochs == settings.epochs && batchesDone(moment) > 0 {
      throw UsageError("argument --epochs: \(epochs) epochs are behind this checkpoint, more than \(settings.epochs)")
    }
    return (moment, Standing(progress: RunProgress(losses: moment.history), best: checkpoint.best))
  }
}
