import FunctionalNet

extension EpochResult {
  /// Warnings about a run that did not fail, but whose result shows that it learned little or nothing.
  ///
  /// - Parameters:
  ///   - firstLoss: the loss of the first parameters on the training part.
  ///   - lr: the learning rate of the run, before its schedule.
  ///   - hasLabelColumn: whether `--label_column` says which column of the data holds the classes.
  func warnings(firstLoss: Double, lr: Double, classNames: [String], hasLabelColumn: Bool) -> [String] {
    var warnings: [String] = []
    let (loss, first) = (shortLoss(training.loss), shortLoss(firstLoss))
    // Less than a thousandth above is rounding, or nothing that a smaller step would change.
    if training.loss > 1.001 * firstLoss, loss != first {
      warnings.append(
        "the training loss ended at \(loss), above the \(first) of the first parameters; "
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
            + "try another --lr, or more --epochs"
            + (hasLabelColumn ? ", and see that --label_column names the column of the classes" : ""))
      }
    }
    return warnings
  }
}
