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
  ///   - resumed: the checkpoint that the run goes on from, to be followed by others in its place.
  ///   - remembered: where that run was to save its network.
  /// - Throws: where a file cannot be written later, or is there already.
  init(_ arguments: Arguments, resumed: String? = nil, remembered: String? = nil) throws {
    let isForced = arguments.isGiven("force")
    save = arguments.text("save") ?? remembered
    checkpoint = arguments.text("checkpoint") ?? resumed
    checkpointSeconds = try arguments.number("checkpoint_seconds", "more than 0") { $0 > 0 }!
    if let save { try checkWritable(save, mayReplace: isForced || save == remembered) }
    if let checkpoint {
      let advice = "; 'functional-net resume \(shellQuoted(checkpoint))' goes on from it, if it is a checkpoint"
      try checkWritable(checkpoint, mayReplace: isForced || checkpoint == resumed, advice: advice)
    }
    if let save, let checkpoint, save == checkpoint || isSameFile(save, checkpoint) {
      throw UsageError("argument --checkpoint: \(checkpoint) is where --save puts the network")
    }
    if checkpoint == nil, arguments.isGiven("checkpoint_seconds") {
      throw UsageError("argument --checkpoint_seconds: there is no --checkpoint to write")
    }
  }
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
