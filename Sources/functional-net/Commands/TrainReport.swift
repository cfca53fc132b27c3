import FunctionalNet
import FunctionalNetIO

/// What a training run says: progress for people on standard error, results on standard output, or all of it as JSON.
struct TrainReport {
  private let isJSON: Bool
  private let color: Color
  private let progress: Progress

  init(isJSON: Bool, isQuiet: Bool, color: Color) {
    (self.isJSON, self.color) = (isJSON, color)
    progress = Progress(isQuiet: isQuiet, color: color)
  }

  func start(
    _ settings: TrainSettings, network: String, threads: Int, description: ModelDescription, parameters: Int,
    trainingSamples: Int, testSamples: Int, resumedAfter: (epochs: Int, batches: Int)?
  ) {
    let inputs = description.inputShape.reduce(1, *)
    let classes = description.classNames.count
    if isJSON {
      write([
        "event": .string("start"), "version": .string(version), "seed": .integer(Int(settings.seed)),
        "threads": .integer(threads), "configuration": settings.json,
        "dataset": .members([
          "name": .string(settings.dataset), "training_samples": .integer(trainingSamples),
          "test_samples": .integer(testSamples), "input_shape": .array(description.inputShape.map { .integer($0) }),
          "class_names": .array(description.classNames.map { .string($0) }),
        ]),
        "parameters": .integer(parameters),
        "resumed_after": resumedAfter.map {
          .members(["epochs": .integer($0.epochs), "batches": .integer($0.batches)])
        } ?? .null,
      ])
    }
    progress.line(
      "\(settings.dataset): \(grouped(trainingSamples)) training and \(grouped(testSamples)) test samples, "
        + "\(quantity(inputs, "input")), \(classes) classes")
    let learning = settings.learning
    let shown =
      settings.network.name == "two-layer" && settings.network.dropout == 0
      ? "\(inputs)-\(settings.network.hiddenNeurons)-\(classes)" : "'\(network)'"
    let momentum =
      ["momentum", "nesterov"].contains(learning.optimizer) ? ", momentum \(plain(learning.momentum))" : ""
    let optimizer = learning.optimizer == "momentum" ? "" : "\(learning.optimizer), "
    progress.line(
      "network \(shown) with \(grouped(parameters)) parameters; "
        + "\(optimizer)lr \(plain(learning.lr))\(momentum), batch size \(settings.batchSize), "
        + "seed \(settings.seed), \(quantity(threads, "thread"))")
    if let (epochs, batches) = resumedAfter, epochs + batches > 0 {
      let place = batches == 0 ? "epoch \(epochs)" : "batch \(batches) of epoch \(epochs + 1)"
      progress.line("going on after \(place)")
    }
  }

  /// A step was taken; `rate` tells how many samples an epoch trains on in a second.
  func step(_ epoch: Int, of epochs: Int, batch: Int, of batches: Int, loss: Double, rate: () -> Double) {
    guard progress.isDue else { return }
    let epochsDone = Double(epoch - 1) + Double(batch) / Double(batches)
    progress.draw(
      "epoch \(right(String(epoch), String(epochs).count))/\(epochs)", loss: loss,
      fraction: epochsDone / Double(epochs), rate: rate())
  }

  /// An epoch is over; `seconds` is what training on its samples took, as far as this run did it.
  func epoch(_ result: EpochResult, of epochs: Int, lr: Double, seconds: Double, samples: Int) {
    let rate = Double(samples) / max(seconds, 1e-9)
    if isJSON {
      write([
        "event": .string("epoch"), "epoch": .integer(result.epoch), "loss": .number(result.training.loss),
        "accuracy": .number(result.training.accuracy), "test_loss": result.test.map { .number($0.loss) } ?? .null,
        "test_accuracy": result.test.map { .number($0.accuracy) } ?? .null, "lr": .number(lr),
        "seconds": .number(seconds), "samples_per_second": .number(rate),
      ])
    }
    progress.line(parts: result.lineParts(of: epochs, seconds: seconds, rate: rate))
  }

  /// All epochs are over.
  func end(
    result: EpochResult, of epochs: Int, bestEpoch: Int?, isEarly: Bool, warnings: [String], seed: UInt64,
    crc32: UInt32, savedTo path: String?
  ) {
    progress.clear()
    let part = result.test == nil ? "training" : "test"
    if result.epoch != epochs {
      progress.line(
        "\(isEarly ? "stopped early: " : "")the network is that of epoch \(result.epoch), whose \(part) loss was the lowest"
      )
    }
    for text in warnings { warning(text) }
    if isJSON {
      writeEnd(
        isEarly ? "early_stopping" : "finished", testAccuracy: result.test?.accuracy, bestEpoch: bestEpoch,
        savedEpoch: result.epoch, warnings: warnings, crc32: crc32, place: [:])
    } else {
      let counted = result.test ?? result.training
      Stream.output.line(
        "\(part) accuracy: \(fixed(counted.accuracy, 4)) (\(grouped(counted.correct)) of \(grouped(counted.count)))")
      Stream.output.line("seed: \(seed)")
      Stream.output.line("parameters_crc32: \(hexadecimal(crc32))")
    }
    if let path { progress.line("saved \(path)") }
  }

  /// Training stopped before its time; the error that says why follows.
  func end(_ stop: TrainingStop, bestEpoch: Int?, savedEpoch: Int?, crc32: UInt32) {
    progress.clear()
    guard isJSON else { return }
    switch stop {
    case .interrupted(_, let epoch, let batch):
      writeEnd(
        "interrupted", testAccuracy: nil, bestEpoch: bestEpoch, savedEpoch: savedEpoch, warnings: [], crc32: crc32,
        place: ["epoch": .integer(epoch), "batch": .integer(batch)])
    case .diverged(let divergence):
      writeEnd(
        "diverged", testAccuracy: nil, bestEpoch: bestEpoch, savedEpoch: savedEpoch, warnings: [], crc32: crc32,
        place: [
          "epoch": .integer(divergence.epoch), "batch": divergence.batch.map { .integer($0) } ?? .null,
          "loss": .number(divergence.loss), "lr": .number(divergence.lr),
          "layer": divergence.layer.map { .integer($0.position + 1) } ?? .null,
        ])
    }
  }

  /// Something to know, where progress is shown.
  func note(_ text: String) { progress.line(text) }

  /// Something that went wrong and does not end the run; said also where progress is not shown.
  func warning(_ text: String) {
    progress.clear()
    Stream.error.line("functional-net: warning: \(text)")
  }

  private func writeEnd(
    _ reason: String, testAccuracy: Double?, bestEpoch: Int?, savedEpoch: Int?, warnings: [String], crc32: UInt32,
    place: KeyValuePairs<String, JSON>
  ) {
    let members: [(String, JSON)] =
      [("event", .string("end")), ("reason", .string(reason))] + place.map { ($0.key, $0.value) } + [
        ("best_epoch", bestEpoch.map { .integer($0) } ?? .null),
        ("saved_epoch", savedEpoch.map { .integer($0) } ?? .null),
        ("test_accuracy", testAccuracy.map { .number($0) } ?? .null),
        ("parameters_crc32", .string(hexadecimal(crc32))), ("warnings", .array(warnings.map { .string($0) })),
      ]
    Stream.output.line(JSON.object(members.map { JSON.Member(name: $0.0, value: $0.1) }).description)
  }

  private func write(_ members: KeyValuePairs<String, JSON>) { Stream.output.line(JSON.members(members).description) }
}
