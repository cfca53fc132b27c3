import FunctionalNetIO

/// How far a run is: what follows from the losses that were measured after its epochs.
struct RunProgress: Equatable {
  private(set) var epochs = 0

  /// The epoch with the lowest loss so far, the first of several: the loss on the test part, or on the training part where there
  /// is no test part. With patience, the network of this epoch is kept.
  private(set) var bestEpoch: Int?
  private var bestLoss = Double.infinity

  init(losses: [Double] = []) {
    for loss in losses { _ = take(loss) }
  }

  /// Notes the loss after an epoch.
  ///
  /// - Returns: whether it is the lowest so far.
  mutating func take(_ loss: Double) -> Bool {
    epochs += 1
    guard bestEpoch == nil || loss < bestLoss || bestLoss.isNaN else { return false }
    (bestEpoch, bestLoss) = (epochs, loss)
    return true
  }

  /// Whether the loss has not fallen for too many epochs.
  func isStale(patience: Int?) -> Bool {
    guard let patience, let bestEpoch else { return false }
    return epochs - bestEpoch >= patience
  }
}

extension Safetensors {
  /// The path from the root where the run of a checkpoint saves its network in the end; nil where it does not save it.
  var savePath: String? {
    metadata["run"].flatMap { try? JSON(parsing: $0.utf8) }?["save"]?.stringValue
  }
}
