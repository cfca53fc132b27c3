import FunctionalNet
import FunctionalNetIO

/// The files that a training run writes.
struct OutputFiles {
  /// Where the trained network goes; nil for nowhere.
  let save: String?

  /// Where the checkpoints go, one over the other.
  let checkpoint: String?

  /// The seconds between checkpoints within an epoch.
  let checkpointSeconds: Double

  /// - Parameters:
  ///   - dataset: what the run trains on, which is never written over.
  ///   - resumed: the checkpoint that the run goes on from, to be followed by others in its place.
  /// - Throws: where a file cannot be written later, or is there already and not of this run.
  init(_ arguments: Arguments, dataset: String, resumed: Safetensors? = nil) throws {
    let isForced = arguments.isGiven("force")
    let remembered = resumed?.savePath
    save = arguments.text("save") ?? remembered
    checkpoint = arguments.text("checkpoint") ?? resumed?.file
    checkpointSeconds = try arguments.number("checkpoint_seconds", "more than 0") { $0 > 0 }!
    if let save {
      let isOwn = try resumed.map { try absolutePath(save) == remembered && isModel(save, ofRun: $0) } ?? false
      try checkWritable(save, mayReplace: isForced || isOwn)
    }
    if let checkpoint {
      let advice = "; 'functional-net resume \(shellQuoted(checkpoint))' goes on from it, if it is a checkpoint"
      let isOwn = resumed.map { isSameFile(checkpoint, $0.file) } ?? false
      try checkWritable(checkpoint, mayReplace: isForced || isOwn, advice: advice)
    }
    for (flag, path) in [("save", save), ("checkpoint", checkpoint)] {
      if let path, isSameFile(path, dataset) { throw UsageError("argument --\(flag): \(path) is the data to train on") }
    }
    if let save, let checkpoint, isSameFile(save, checkpoint) {
      throw UsageError("argument --checkpoint: \(checkpoint) is where --save puts the network")
    }
    for flag in ["save", "checkpoint"] {
      if arguments.isGiven(flag), let path = arguments.text(flag) { try checkEnding(of: path, flag) }
    }
    if checkpoint == nil, arguments.isGiven("checkpoint_seconds") {
      throw UsageError("argument --checkpoint_seconds: there is no --checkpoint to write")
    }
  }
}

/// - Throws: `UsageError` where the ending of a file to write stands for another format than safetensors.
private func checkEnding(of path: String, _ flag: String) throws(UsageError) {
  let name = fileName(of: path)
  guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return }
  let ending = name[dot...].dropFirst().lowercased()
  let own = shellQuoted(path.dropLast(ending.count) + (flag == "save" ? "safetensors" : "checkpoint"))
  let advice: String
  switch ending {
  case "onnx", "npz": advice = "; 'functional-net export \(own) --to \(shellQuoted(path))' then makes \(ending) of it"
  case "pt", "pth": advice = ", which safetensors.torch.load_file reads in Python"
  case "h5", "hdf5", "keras", "npy", "pkl", "pickle", "joblib", "pb", "tflite", "csv", "json": advice = ""
  default: return
  }
  let use = flag == "save" ? "save it as \(own)\(advice)" : "call it \(own)"
  throw UsageError("argument --\(flag): what is written is safetensors, not .\(ending); \(use)")
}

/// Whether a file is a network that the run of a checkpoint saved: of the same network, seed and data.
private func isModel(_ path: String, ofRun checkpoint: Safetensors) throws -> Bool {
  guard isRegularFile(path), let model = try? Safetensors(try readFile(path), file: path) else { return false }
  func marks(_ file: Safetensors) -> [JSON?] {
    let settings = file.metadata["settings"].flatMap { try? JSON(parsing: $0.utf8) }
    return ["network", "seed", "dataset_fingerprint"].map { settings?[$0] }
  }
  return marks(model) == marks(checkpoint)
}

/// Writes the checkpoints of a run, and remembers whether the last one could be written. A full disk does not end a run that
/// may have taken hours; the end of the run tells of it.
final class CheckpointWriter {
  private let files: OutputFiles
  private let clock = ContinuousClock()
  private var last = ContinuousClock.now

  /// Why the last checkpoint is not there.
  private(set) var failure: FileError?

  init(_ files: OutputFiles) { self.files = files }

  /// Whether the time has come for one within an epoch.
  var isDue: Bool { files.checkpoint != nil && (clock.now - last).seconds >= files.checkpointSeconds }

  /// Writes one, if there is a place for it.
  func write<P>(_ checkpoint: () -> Checkpoint<P>) {
    guard let path = files.checkpoint else { return }
    do throws(FileError) {
      try checkpoint().save(path)
      failure = nil
    } catch {
      failure = error
    }
    last = clock.now
  }
}
