import FunctionalNet

/// What is measured at the end of an epoch.
struct EpochResult {
  let epoch: Int
  let training: Evaluation
  let test: Evaluation?

  /// The loss that early stopping and schedules wait for to fall.
  var monitored: Double { (test ?? training).loss }

  /// The result as the parts of a line. Where there is no room for all, the figures of the test part stay longest; those of the
  /// training part, where there is no test part.
  ///
  /// - Parameters:
  ///   - seconds: how long training took.
  ///   - rate: samples per second.
  func lineParts(of epochs: Int, seconds: Double, rate: Double) -> [LinePart] {
    func figures(_ name: String, _ part: Evaluation, accuracyRank: Int, lossRank: Int) -> [LinePart] {
      [
        LinePart("\(name)loss \(shortLoss(part.loss))", rank: lossRank),
        LinePart("\(name)accuracy \(fixed(part.accuracy, 4))", rank: accuracyRank),
      ]
    }
    var parts = [LinePart("epoch \(right(String(epoch), String(epochs).count))/\(epochs)", rank: 0)]
    if let test {
      parts += figures("", training, accuracyRank: 4, lossRank: 3)
      parts += figures("test ", test, accuracyRank: 1, lossRank: 2)
    } else {
      parts += figures("", training, accuracyRank: 1, lossRank: 2)
    }
    return parts + [
      LinePart("\(fixed(seconds, 2)) s", rank: 5), LinePart("\(grouped(Int(rate))) samples/s", rank: 6),
    ]
  }
}
