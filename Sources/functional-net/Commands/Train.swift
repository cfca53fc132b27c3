import FunctionalNet
import FunctionalNetIO

/// `functional-net train`: data in, network out, told about on the way.
func trainCommand(_ arguments: Arguments) throws {
  let settings = try TrainSettings(arguments)
  try train(settings, arguments, try OutputFiles(arguments, dataset: settings.dataset))
}

/// `functional-net resume`: a training run goes on from its checkpoint, as if it had never stopped.
func resumeCommand(_ arguments: Arguments) throws {
  _ = try arguments.integer("epochs", in: 1...Int.max)
  let path = arguments.positional
  let file = try Safetensors(try readFile(path), file: path)
  try file.checkCheckpoint()
  let settings = try TrainSettings(checkpoint: file, overriddenBy: arguments)
  try checkIsThere(settings.dataset, remembered: !arguments.isGiven("dataset"), by: path)
  let files = try OutputFiles(arguments, dataset: settings.dataset, resumed: file)
  if arguments.isGiven("epochs"), settings.learning.schedule.dependsOnEpochs {
    Stream.error.line(
      "note: the schedule \(settings.learning.schedule.text) depends on --epochs; if it changes, so does the rate from here on, "
        + "and the network is not that of one run of so many epochs")
  }
  try train(settings, arguments, files, from: file)
}

private func train(
  _ settings: TrainSettings, _ arguments: Arguments, _ files: OutputFiles, from file: Safetensors? = nil
) throws {
  let threads = try arguments.useThreads()
  let keys = RunKeys(seed: settings.seed)
  let data = try settings.datasetParts()
  arguments.sayNotes(of: data.training)
  try data.training.checkClassCounts()
  let isRecorded = files.save != nil || files.checkpoint != nil
  let fingerprint = isRecorded ? data.fingerprint : ""
  if let file { try checkFingerprint(of: settings.dataset, fingerprint, file) }
  var parts = data.split(testFraction: settings.testFraction, key: keys.split)
  if let samples = settings.samples, samples < parts.training.count {
    parts.training = parts.training.some(samples, key: keys.samples)
  }
  guard parts.training.count > 0 else { throw Failure.file("\(settings.dataset): there are no samples to train on") }
  try checkClasses(parts.training)
  try checkColumns(parts.training)
  let report = TrainReport(
    isJSON: arguments.isGiven("json"), isQuiet: arguments.isGiven("quiet"), color: Color(arguments.text("color")!))
  Interruption.listen()
  let origin = settings.origin(fingerprint: fingerprint)
  if settings.precision == "double" {
    try TrainingRun<Double>(settings, parts, origin, files, report, from: file).run(threads: threads)
  } else {
    try TrainingRun<Float>(settings, parts, origin, files, report, from: file).run(threads: threads)
  }
}

/// - Throws: `Failure` where a run would go on with other data than it began with.
private func checkFingerprint(of dataset: String, _ fingerprint: String, _ file: Safetensors) throws(Failure) {
  let settings = file.metadata["settings"].flatMap { try? JSON(parsing: $0.utf8) }
  guard let expected = settings?["dataset_fingerprint"]?.stringValue, expected != fingerprint else { return }
  throw .file(
    "\(dataset): this is other data than the run of \(file.file) began with (fingerprint \(fingerprint), not \(expected)); "
      + "--dataset says where that data is now")
}
