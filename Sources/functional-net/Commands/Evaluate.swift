import FunctionalNet
import FunctionalNetIO

/// `functional-net evaluate`: a saved network on labelled data.
func evaluateCommand(_ arguments: Arguments) throws {
  _ = try arguments.useThreads()
  let wanted = try arguments.number("min_accuracy", "0 to 1") { 0 <= $0 && $0 <= 1 }
  let file = try ModelFile(arguments)
  file.noteMissingScaling()
  if file.isDouble {
    try report(file.classifier(Double.self), arguments, minAccuracy: wanted)
  } else {
    try report(file.classifier(Float.self), arguments, minAccuracy: wanted)
  }
}

private func report<S: Real>(_ model: Model<S>, _ arguments: Arguments, minAccuracy: Double?) throws {
  let (data, part) = try measured(for: model.description, arguments)
  try checkInputs(of: data, against: model.description)
  guard data.count > 0 else { throw Failure.file("\(data.name): there are no samples to test on") }
  arguments.say(notes(on: data, for: model.description), of: data.name)
  let samples: Samples<S> = try data.relabelled(model.description.classNames).samples(
    scaling: model.description.scaling)
  let shape = try model.network.sampleShape(for: model.description.inputShape)
  let outputs = model.network.outputs(model.params, model.state, for: samples.reshaped(shape))
  guard outputs.isFinite else {
    let wrong = (0..<outputs.rowCount).filter { !outputs.rows($0..<$0 + 1).isFinite }
    throw Failure.file(
      "\(data.name): the outputs of the network are not finite for \(grouped(wrong.count)) of the "
        + "\(grouped(outputs.rowCount)) samples measured, first for number \(grouped(wrong[0] + 1)): the numbers there are too "
        + "large for this network")
  }
  let loss = try LearningSettings.loss(measuring: model, outputs: outputs.rowSize, path: arguments.positional)
  let result = Evaluation(outputs, samples.targets, loss: loss)
  if arguments.isGiven("json") {
    Stream.output.line(
      JSON.members([
        "event": .string("evaluation"), "model": .string(arguments.positional), "dataset": .string(data.name),
        "part": .string(part.rawValue), "samples": .integer(result.count), "loss": .number(result.loss),
        "accuracy": .number(result.accuracy),
        "class_names": .array(model.description.classNames.map { .string($0) }),
        "confusion": .array(result.confusion.map { .array($0.map { .integer($0) }) }),
      ]).description)
  } else {
    Stream.output.line(
      "accuracy: \(fixed(result.accuracy, 4)) (\(grouped(result.correct)) of \(grouped(result.count)), "
        + "\(part.text) \(data.name))")
    Stream.output.line("loss: \(shortLoss(result.loss))")
    Stream.output.line("\nrows are true classes, columns what they were taken for:")
    Stream.output.line(table(result.confusion, model.description.classNames))
  }
  if let minAccuracy, !(result.accuracy >= minAccuracy) {
    throw Failure.check("accuracy \(fixed(result.accuracy, 4)) is below --min_accuracy \(minAccuracy)")
  }
}

/// What a person should know of data that a network is measured on, beside how it was read.
private func notes(on data: Dataset, for description: ModelDescription) -> [DataNote] {
  var notes: [DataNote] = []
  if description.columnNames == nil, data.columnNames != nil {
    notes.append(DataNote("the network does not know the names of its inputs, so columns are taken in their order"))
  } else if description.columnNames != nil, data.columnNames == nil, data.kind == .columns {
    notes.append(DataNote("there is no header, so columns are taken in the order that they had in training"))
  }
  return notes + (description.scaling.rangeNote(of: data.inputs).map { [$0] } ?? [])
}

/// The part of the data that is measured.
private enum MeasuredPart: String {
  case test, all

  var text: String { self == .test ? "the test part of" : "all of" }
}

/// The data to measure a network on: the samples that it was not trained on, as far as these are known, or, with `--all`, all.
///
/// The data that the network was trained on is recognised by its fingerprint, wherever it is now, and only where a model file
/// of an earlier version has no fingerprint, by its path.
private func measured(
  for description: ModelDescription, _ arguments: Arguments
) throws -> (data: Dataset, part: MeasuredPart) {
  let settings = description.settings
  let trainedOn = settings["dataset"]?.stringValue
  guard let name = arguments.text("dataset") ?? trainedOn else {
    throw UsageError("the model does not say what it was trained on: give --dataset")
  }
  try checkIsThere(name, remembered: !arguments.isGiven("dataset"), by: arguments.positional)
  if arguments.missing == "mean", !description.scaling.fillsMissing {
    throw UsageError("argument --missing: the network was not trained with --missing mean, so it has no means")
  }
  let parts = try arguments.datasetParts(name, for: description)
  arguments.sayNotes(of: parts.training)
  if arguments.isGiven("all") { return (parts.all, .all) }
  let isReadAsThen = ["keys", "label_column", "missing", "header", "separator"].allSatisfy {
    !arguments.isGiven($0) || arguments.text($0) == settings[$0]?.stringValue
  }
  let isSameSource = isReadAsThen && trainedOn.map { isSameFile(name, $0) } ?? false
  let expected = settings["dataset_fingerprint"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
  let change = expected.flatMap { $0 == parts.fingerprint ? nil : "(fingerprint \(parts.fingerprint), not \($0))" }
  if let test = parts.test {
    if isSameSource, let change {
      Stream.error.line("note: \(name): this is other data than the network was trained on \(change)")
    }
    return (test, .test)
  }
  if let change {
    guard isSameSource else {
      let text =
        "this is not the data of the training \(change), so all of it is measured; samples of the training may be among it"
      arguments.say([DataNote(text)], of: name)
      return (parts.training, .all)
    }
    throw Failure.file(
      "\(name): this is other data than the network was trained on \(change), so what it was not trained on cannot be told; "
        + "--dataset says where that data is now, or --all measures all of this")
  }
  guard expected != nil || isSameSource,
    let seed = settings["seed"]?.integerValue.flatMap(UInt64.init(exactly:)),
    let fraction = settings["test_fraction"]?.doubleValue, 0 < fraction, fraction < 1
  else { return (parts.training, .all) }
  return (parts.split(testFraction: fraction, key: RunKeys(seed: seed).split).test, .test)
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
