import FunctionalNet
import FunctionalNetIO

/// `functional-net check-gradients`: a network's gradients against differences of its loss.
func checkGradientsCommand(_ arguments: Arguments) throws {
  _ = try arguments.useThreads()
  let settings = try NetworkSettings(arguments)
  let batchSize = try arguments.integer("batch_size", in: 1...Int.max)!
  let tolerance = try arguments.number("tolerance", "more than 0") { $0 > 0 }!
  let shown = try arguments.integer("worst", in: 1...1_000_000)!
  let seed = try arguments.seed()
  let data = try arguments.datasetParts(arguments.text("dataset")!).training
  arguments.sayNotes(of: data)
  try data.checkClassCounts()
  try checkClasses(data)
  let lossName = arguments.text("loss")!
  let loss: Loss<Double> = LearningSettings.loss(lossName)
  let (network, sampleShape) = try settings.network(
    Double.self, inputShape: data.sampleShape, classes: data.classNames.count, loss: lossName)

  let keys = RunKeys(seed: seed)
  let samples: Samples<Double> = data.samples(scaling: InputScaling(fitting: data)).reshaped(sampleShape)
  let batch = samples.batches(of: batchSize, key: keys.batches)[0]
  // Every parameter away from where it begins: biases of zero and black pixels would lie on the kinks of what follows.
  let first = settings.initialParams(network, sampleShape: sampleShape, key: keys.parameters)
  let params = first + first.randomDirection(key: keys.disturbance, length: 0.1 * Double(first.count).squareRoot())
  let state = network.initialState(for: sampleShape)
  if !arguments.isGiven("quiet") {
    Stream.error.line(
      "checking \(grouped(params.count)) derivatives of the network '\(network.notation)' "
        + "on \(batch.count) samples of \(data.name), seed \(seed)")
  }
  let (x, targets, mode) = (batch.x, batch.targets, Mode.training(keys.dice))
  let pass = network.pass(params, state, x, mode)
  let report = checkGradient(
    of: { loss(network.pass($0, state, x, mode).output, targets).loss }, at: params,
    gradient: pass.pullback(loss(pass.output, targets).gradient()).params, tolerance: tolerance)

  let worst = report.entries.prefix(shown)
  if arguments.isGiven("json") {
    Stream.output.line(
      JSON.members([
        "event": .string("gradients"), "seed": .integer(Int(seed)), "passed": .bool(report.passed),
        "derivatives": .integer(report.entries.count), "kinks": .integer(report.kinks),
        "max_error": .number(report.maxError), "tolerance": .number(tolerance),
        "worst": .array(
          worst.map { entry in
            .members([
              "name": .string(entry.name), "indices": .array(entry.fileIndices.map { .integer($0) }),
              "analytic": .number(entry.analytic), "numeric": .number(entry.numeric), "error": .number(entry.error),
              "kink": .bool(entry.isKink),
            ])
          }),
      ]).description)
  } else {
    Stream.output.line(left("parameter", 20) + right("analytic", 24) + right("numeric", 24) + right("error", 12))
    for entry in worst {
      let name = "\(entry.name)[\(entry.fileIndices.map(String.init).joined(separator: ","))]"
      Stream.output.line(
        left(name, 20) + right(shortest(entry.analytic), 24) + right(shortest(entry.numeric), 24)
          + right(entry.isKink ? "kink" : scientific(entry.error), 12))
    }
    Stream.output.line(
      "\(report.passed ? "passed" : "FAILED"): \(grouped(report.entries.count)) derivatives, \(report.kinks) at kinks, "
        + "largest error \(scientific(report.maxError)), tolerance \(scientific(tolerance))")
  }
  if !report.passed {
    throw Failure.check(
      "the largest error \(scientific(report.maxError)) is above the tolerance \(scientific(tolerance))")
  }
}

extension GradientReport.Entry {
  /// The indices in the saved file, which holds matrices turned.
  fileprivate var fileIndices: [Int] { indices.count == 2 ? indices.reversed() : indices }
}
