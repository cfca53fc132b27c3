import FunctionalNetIO

/// What a run has to remember beside its moment, so that it can go on from a checkpoint.
struct RunProgress: Equatable {
  /// Where the network is to be saved in the end, from the root; nil for nowhere.
  var save: String?

  /// The epoch with the highest accuracy so far, and that accuracy.
  private(set) var bestEpoch: Int?
  private var bestAccuracy = -1.0

  /// With patience: the epoch with the lowest loss so far, whose network is kept, and that loss.
  private(set) var keptEpoch: Int?
  private var keptLoss = Double.infinity

  init(save: String?) { self.save = save }

  /// Notes an epoch's result.
  ///
  /// - Returns: whether its network is the one to keep.
  mutating func take(_ result: EpochResult, keepsBest: Bool) -> Bool {
    if result.accuracy > bestAccuracy { (bestEpoch, bestAccuracy) = (result.epoch, result.accuracy) }
    guard keepsBest, keptEpoch == nil || result.monitored < keptLoss else { return false }
    (keptEpoch, keptLoss) = (result.epoch, result.monitored)
    return true
  }

  /// Whether the loss has not fallen for too many epochs.
  func isStale(after epochs: Int, patience: Int?) -> Bool {
    guard let patience, let keptEpoch else { return false }
    return epochs - keptEpoch >= patience
  }

  // MARK: As a text of JSON

  var text: String {
    JSON.members([
      "save": save.map { .string($0) } ?? .null, "best_epoch": bestEpoch.map { .integer($0) } ?? .null,
      "best_accuracy": .number(bestAccuracy), "kept_epoch": keptEpoch.map { .integer($0) } ?? .null,
      "kept_loss": keptEpoch == nil ? .null : .number(keptLoss),
    ]).description
  }

  init(_ file: Safetensors) {
    let json = file.metadata["run"].flatMap { try? JSON(parsing: $0.utf8) }
    save = json?["save"]?.stringValue
    bestEpoch = json?["best_epoch"]?.integerValue
    bestAccuracy = json?["best_accuracy"]?.doubleValue ?? -1
    keptEpoch = json?["kept_epoch"]?.integerValue
    keptLoss = json?["kept_loss"]?.doubleValue ?? .infinity
  }
}
