import FunctionalNet
import FunctionalNetIO

/// `functional-net check-gradients`: the two-layer network's gradients against differences of its loss.
func checkGradientsCommand(_ arguments: Arguments) throws {
  _ = try arguments.useThreads()
  let hidden = try arguments.integer("hidden_neurons", in: 1...Int.max)!
  let batchSize = try arguments.integer("batch_size", in: 1...Int.max)!
  let tolerance = try arguments.number("tolerance", "more than 0") { $0 > 0 }!
  let shown = try arguments.integer("worst", in: 1...1_000_000)!
  let seed = try arguments.seed()
  let data = try arguments.datasetParts(arguments.text("dataset")!).training
  try checkSize(data, hidden: hidden)

  let keys = RunKeys(seed: seed)
  let samples: Samples<Double> = data.samples(scaling: InputScaling(fitting: data))
  let batch = samples.batches(of: batchSize, key: keys.batches)[0]
  let params = Params<Double>.initial(
    inputs: data.sampleSize, hidden: hidden, classes: data.classNames.count, key: keys.parameters,
    initializer: arguments.initializer)
  if !arguments.isGiven("quiet") {
    Stream.error.line(
      "checking \(grouped(params.count)) derivatives of the network \(data.sampleSize)-\(hidden)-\(data.classNames.count) "
        + "on \(batch.count) samples of \(data.name), seed \(seed)")
  }
  let report = checkGradient(
    of: { loss(params: $0, x: batch.x, y: batch.y) }, at: params,
    gradient: gradients(params: params, x: batch.x, y: batch.y), tolerance: tolerance)

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
              "name": .string(entry.name), "indices": .array(entry.indices.reversed().map { .integer($0) }),
              "analytic": .number(entry.analytic), "numeric": .number(entry.numeric), "error": .number(entry.error),
              "kink": .bool(entry.isKink),
            ])
          }),
      ]).description)
  } else {
    Stream.output.line(left("parameter", 20) + right("analytic", 24) + right("numeric", 24) + right("error", 12))
    for entry in worst {
      let name = "\(entry.name)[\(entry.indices.reversed().map(String.init).joined(separator: ","))]"
      Stream.output.line(
        left(name, 20) + right(entry.analytic.description, 24) + right(entry.numeric.description, 24)
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
