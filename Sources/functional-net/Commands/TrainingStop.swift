import FunctionalNetIO

/// Why training stops before its time.
enum TrainingStop {
  case interrupted(exitCode: Int32, epoch: Int, batch: Int)
  case diverged(Divergence)

  func failure(_ outputs: OutputFiles, bestEpoch: Int?) -> Failure {
    let best = bestEpoch.map { "the network of epoch \($0), the best so far," }
    switch self {
    case .interrupted(let code, let epoch, let batch):
      let saved = outputs.save.map {
        "; \(best ?? "the network as it was then") is saved in \($0)"
      }
      let resumed = outputs.checkpoint.map { "; 'functional-net resume \(shellQuoted($0))' goes on from there" }
      return .interrupted(code, "interrupted at epoch \(epoch), after batch \(batch)\(saved ?? "")\(resumed ?? "")")
    case .diverged(let divergence):
      let saved = outputs.save.map { "; \(best ?? "the last network before that") is saved in \($0)" }
      let kept = outputs.checkpoint.map { "; the moment before that is in \($0)" }
      return .diverged("training diverged: \(divergence); try a smaller --lr\(saved ?? "")\(kept ?? "")")
    }
  }
}

/// A loss that is not finite or a million times what it was at first, or a gradient that is not finite.
struct Divergence: CustomStringConvertible {
  /// The loss before the step, or that of the training part at the end of an epoch.
  let loss: Double
  let epoch: Int

  /// The batch, from 1; nil at the end of an epoch.
  let batch: Int?
  let lr: Double

  /// The index of the layer where numbers first stopped being finite, and its notation; nil where all were finite.
  let layer: (position: Int, notation: String)?

  /// Whether the loss was sound and the derivatives, or the step that they led to, were not.
  let isOfGradient: Bool

  var description: String {
    let place = batch.map { "epoch \(epoch), batch \($0)" } ?? "the end of epoch \(epoch)"
    let layer = layer.map { ", first in layer \($0.position + 1), \($0.notation)" } ?? ""
    let what =
      isOfGradient ? "a \(self.layer == nil ? "step" : "gradient") is not finite" : "the loss is \(shortest(loss))"
    return "\(what) at \(place), with learning rate \(plain(lr))\(layer)"
  }
}
