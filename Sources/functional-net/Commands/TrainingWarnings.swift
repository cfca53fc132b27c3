import FunctionalNet

extension EpochResult {
  /// Warnings about a run that did not fail, but whose result shows that it learned little or nothing.
  ///
  /// - Parameters:
  ///   - firstLoss: the loss of the first parameters on the training part.
  ///   - lr: the learning rate of the run, before its schedule.
  func warnings(firstLoss: Double, lr: Double, classNames: [String]) -> [String] {
    var warnings: [String] = []
    if training.loss > firstLoss {
      warnings.append(
        "the training loss ended at \(shortLoss(training.loss)), above the \(shortLoss(firstLoss)) of the first parameters; "
          + "try an --lr of less than \(plain(lr))")
    }
    let (name, part) = test.map { ("test", $0) } ?? ("training", training)
    let classCounts = training.confusion.map { $0.reduce(0, +) }
    if let frequent = classCounts.indices.max(by: { (classCounts[$0], $1) < (classCounts[$1], $0) }) {
      let correct = part.confusion[frequent].reduce(0, +)
      if part.count >= 10, part.correct <= correct {
        warnings.append(
          "the \(name) accuracy of \(fixed(part.accuracy, 4)) is no better than naming the most frequent class, "
            + "'\(classNames[frequent])', every time, which is right \(grouped(correct)) times of \(grouped(part.count)); "
            + "try another --lr, or more --epochs")
      }
    }
    return warnings
  }
}
