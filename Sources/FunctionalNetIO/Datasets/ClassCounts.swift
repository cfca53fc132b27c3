import FunctionalNet

extension Dataset {
  /// What is said where classes seem to be numbers to predict.
  static let adviceOnNumbers = "this command learns classes, not numbers"

  /// Checks that what is to be learned are classes, and not numbers to predict or the names of the samples: there are at most 20,
  /// or every class has three samples or more on average; where the classes are whole numbers that do not count from 0 or 1
  /// without a gap, every class has 20 or more.
  ///
  /// - Throws: `FileError` that says how many there are.
  public func checkClassCounts() throws(FileError) {
    let classes = Set(labels.indices).count
    let values = classNames.compactMap { Int($0) }
    let areNumbers = values.count == classNames.count
    let areCounted =
      areNumbers && (values.first.map { $0 == 0 || $0 == 1 } ?? false)
      && zip(values, values.dropFirst()).allSatisfy { $1 == $0 + 1 }
    let fewest = areNumbers && !areCounted ? 20 : 3
    guard classes > 20, count < classes * fewest else { return }
    let column = columnNames?.label.map { "column '\($0)', which holds the classes," } ?? "the column of the classes"
    let range = areNumbers ? ", from \(values[0]) to \(values[values.count - 1])" : ""
    throw FileError(
      name, nil,
      "\(column) has \(classes) different values in \(count) samples\(range). This command learns classes, not numbers: at most "
        + "20, or one for every \(fewest) samples; --label_column names another column")
  }
}
