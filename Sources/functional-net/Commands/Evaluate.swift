import FunctionalNet
import FunctionalNetIO

/// `functional-net evaluate`: a saved network on labelled data.
func evaluateCommand(_ arguments: Arguments) throws {
  _ = try arguments.useThreads()
  let wanted = try arguments.number("min_accuracy", "0 to 1") { 0 <= $0 && $0 <= 1 }
  let file = try ModelFile(arguments)
  file.noteMissingScaling()
  if file.isDouble {
    try report(file.model(Double.self), arguments, minAccuracy: wanted)
  } else {
    try report(file.model(Float.self), arguments, minAccuracy: wanted)
  }
}

private func report<S: Real>(_ model: Model<S>, _ arguments: Arguments, minAccuracy: Double?) throws {
  guard !model.description.classNames.isEmpty else {
    throw Failure.file("\(arguments.positional): the outputs of this network are numbers, not classes")
  }
  let (data, isTestPart) = try testPart(for: model.description, arguments)
  try checkInputs(of: data, against: model.description)
  guard data.count > 0 else { throw Failure.file("\(data.name): there are no samples to test on") }
  let samples: Samples<S> = try data.relabelled(model.description.classNames).samples(
    scaling: model.description.scaling)
  let shape = try model.network.sampleShape(for: model.description.inputShape)
  let said = model.description.settings["loss"]?.stringValue ?? "cross_entropy"
  let hasOneScore = (try model.network.outputShape(for: shape)) == [1]  // whose probability is the logistic function
  let name = hasOneScore && said == "cross_entropy" ? "binary_cross_entropy" : said
  let result = evaluate(
    model.network, model.params, model.state, on: samples.reshaped(shape), loss: LearningSettings.loss(name))
  if arguments.isGiven("json") {
    Stream.output.line(
      JSON.members([
        "event": .string("evaluation"), "model": .string(arguments.positional), "dataset": .string(data.name),
        "part": .string(isTestPart ? "test" : "all"), "samples": .integer(result.count), "loss": .number(result.loss),
        "accuracy": .number(result.accuracy),
        "class_names": .array(model.description.classNames.map { .string($0) }),
        "confusion": .array(result.confusion.map { .array($0.map { .integer($0) }) }),
      ]).description)
  } else {
    Stream.output.line(
      "accuracy: \(fixed(result.accuracy, 4)) (\(grouped(result.correct)) of \(grouped(result.count)), "
        + "\(isTestPart ? "the test part of" : "all of") \(data.name))")
    Stream.output.line("loss: \(shortLoss(result.loss))")
    Stream.output.line("\nrows are true classes, columns what they were taken for:")
    Stream.output.line(table(result.confusion, model.description.classNames))
  }
  if let minAccuracy, !(result.accuracy >= minAccuracy) {
    throw Failure.check("accuracy \(fixed(result.accuracy, 4)) is below --min_accuracy \(minAccuracy)")
  }
}

/// The data to test on, and how to call it: what the network was not trained on, as far as that is known.
private func testPart(
  for description: ModelDescription, _ arguments: Arguments
) throws -> (data: Dataset, isTestPart: Bool) {
  let settings = description.settings
  let trainedOn = settings["dataset"]?.stringValue
  guard let name = arguments.text("dataset") ?? trainedOn else {
    throw UsageError("the model does not say what it was trained on: give --dataset")
  }
  try checkIsThere(name, remembered: !arguments.isGiven("dataset"), by: arguments.positional)
  if arguments.missing == "mean", !description.scaling.fillsMissing {
    throw UsageError("argument --missing: the network was not trained with --missing mean, so it has no means")
  }
  let parts = try arguments.datasetParts(name, remembered: settings)
  arguments.noteMissing(in: parts.training)
  if let test = parts.test { return (test, true) }
  let isReadAsThen = ["keys", "label_column", "missing"].allSatisfy {
    !arguments.isGiven($0) || arguments.text($0) == settings[$0]?.stringValue
  }
  guard let trainedOn, isSameFile(name, trainedOn), isReadAsThen,
    let seed = settings["seed"]?.integerValue.flatMap(UInt64.init(exactly:)),
    let fraction = settings["test_fraction"]?.doubleValue, 0 < fraction, fraction < 1
  else { return (parts.training, false) }
  if let then = settings["dataset_fingerprint"]?.stringValue, !then.isEmpty, then != parts.fingerprint {
    throw Failure.file(
      "\(name): this is other data than the network was trained on (fingerprint \(parts.fingerprint), not \(then)), so what it "
        + "was not trained on cannot be told; a copy under another name is evaluated as a whole")
  }
  return (parts.split(testFraction: fraction, key: RunKeys(seed: seed).split).test, true)
}

/// A confusion matrix with its names.
private func table(_ confusion: [[Int]], _ names: [String]) -> String {
  let cells = confusion.map { $0.map { String($0) } }
  let short = names.map { String($0.prefix(12)) }
  let first = short.map(\.count).max() ?? 0
  let widths = short.indices.map { column in max(short[column].count, cells.map { $0[column].count }.max() ?? 0) }
  let head = left("", first) + zip(short, widths).map { "  " + right($0, $1) }.joined()
  let rows = zip(short, cells).map { name, row in
    left(name, first) + zip(row, widths).map { "  " + right($0, $1) }.joined()
  }
  return ([head] + rows).joined(separator: "\n")
}
