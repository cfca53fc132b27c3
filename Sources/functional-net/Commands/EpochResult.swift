import FunctionalNet

/// What is measured at the end of an epoch.
struct EpochResult {
  let epoch: Int
  let training: Evaluation
  let test: Evaluation?

  /// The loss that early stopping and schedules wait for to fall.
  var monitored: Double { (test ?? training).loss }

  /// The accuracy that counts: on the test part, if there is one.
  var accuracy: Double { (test ?? training).accuracy }
}
