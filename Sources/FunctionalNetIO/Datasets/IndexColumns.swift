import FunctionalNet

extension Dataset {
  /// Warnings of columns that number the records instead of measuring something: those of consecutive whole numbers, in the
  /// order of the file or, from 0 or 1 on, in any order, and those that are named like an identifier and have another value in
  /// every record. A network learns the order of the file from them.
  var indexColumnNotes: [DataNote] {
    guard case .numbers(let numbers) = inputs, count >= 10 else { return [] }
    return (0..<sampleSize).compactMap { input in
      let column = (0..<count).lazy.map { numbers[$0 * sampleSize + input] }
      let name = columnNames?.inputs[input]
      let shown = "input \(input + 1)" + (name.map { " ('\($0)')" } ?? "")
      let advice = "if it is an index, leave the column out of the file, or the network learns the order of the file"
      if isConsecutive(column) { return DataNote("\(shown) counts the records; \(advice)", isWarning: true) }
      guard name.map(isNamedLikeIdentifier) ?? false || spansIndices(column), Set(column).count == count else {
        return nil
      }
      return DataNote("\(shown) has another value in every record; \(advice)", isWarning: true)
    }
  }

  /// Whether values count the records in whole numbers, but for records that were left out.
  private func isConsecutive(_ values: some Collection<Double>) -> Bool {
    guard let first = values.first, first == first.rounded() else { return false }
    var (last, previous) = (first, first - 1)
    for value in values {
      guard value == value.rounded(), value > previous else { return false }
      (last, previous) = (value, value)
    }
    let leftOut = missing == .drop ? incomplete : 0
    return last - first <= Double(values.count - 1 + leftOut)
  }
}

/// Whether values, if they are all different, are the numbers from 0 or from 1 on in some order: whole numbers from there to
/// the last of so many.
private func spansIndices(_ values: some Collection<Double>) -> Bool {
  guard values.allSatisfy({ $0 == $0.rounded() }), let first = values.min(), let last = values.max() else {
    return false
  }
  return (first == 0 || first == 1) && last - first == Double(values.count - 1)
}

/// Whether a column's name is one that people give to identifiers, such as `id`, `PassengerId` or pandas' `Unnamed: 0`.
private func isNamedLikeIdentifier(_ name: String) -> Bool {
  let plain = name.lowercased().filter { !" _-.:".contains($0) }
  let names: Set = [
    "", "id", "index", "idx", "unnamed0", "key", "no", "nr", "number", "row", "rowid", "rownames", "uuid",
  ]
  return names.contains(plain) || name.hasSuffix("Id") || name.hasSuffix("ID")
    || ["_id", " id", "-id", ".id"].contains { name.lowercased().hasSuffix($0) }
}
