/// The classes of samples, from an array: whole numbers `[n]` or `[n, 1]`, or one-hot rows `[n, classes]`.
struct ArrayLabels {
  let indices: [Int]
  let classes: Int

  /// - Parameters:
  ///   - count: how many samples there are.
  ///   - classes: the number of classes if it is known; otherwise the largest label or the length of the rows tells.
  init(_ array: FileArray, count: Int, classes: Int?, _ origin: ArrayOrigin) throws(FileError) {
    let shape = array.shape
    guard shape.count == 1 || (shape.count == 2 && shape[1] > 0) else {
      throw origin.error("shape \(shape) is none of labels; expected [samples], or one-hot rows [samples, classes]")
    }
    guard shape[0] == count else { throw origin.error("\(shape[0]) labels for \(count) samples") }
    let numbers = array.elements.numbers
    if shape.count == 1 || shape[1] == 1 {
      (indices, self.classes) = try wholeNumbers(numbers, classes: classes, origin)
    } else {
      guard shape[1] <= classes ?? .max else {
        throw origin.error("one-hot rows of \(shape[1]) classes; expected \(classes ?? 0)")
      }
      indices = try hotPlaces(numbers, rowSize: shape[1], origin)
      self.classes = classes ?? shape[1]
    }
  }
}

private func wholeNumbers(
  _ numbers: [Double], classes: Int?, _ origin: ArrayOrigin
) throws(FileError) -> (indices: [Int], classes: Int) {
  var indices: [Int] = []
  indices.reserveCapacity(numbers.count)
  for (sample, number) in numbers.enumerated() {
    guard let index = Int(exactly: number) else {
      throw origin.error(
        "label \(number) of sample \(sample + 1) is not a whole number; classes are 0, 1, 2, …; \(Dataset.adviceOnNumbers)"
      )
    }
    guard index >= 0 else {
      throw origin.error("label \(index) of sample \(sample + 1) is negative; classes are 0, 1, 2, …")
    }
    indices.append(index)
  }
  let largest = indices.max() ?? 0
  let different = Set(indices).count
  if classes == nil, (largest + 1) / 2 > different, let sample = indices.firstIndex(of: largest) {
    throw origin.error(
      "label \(largest) of sample \(sample + 1) is out of range: only \(different) different labels occur; classes are 0, 1, 2, …, and "
        + Dataset.adviceOnNumbers)
  }
  let classCount = classes ?? largest + 1
  if let sample = indices.firstIndex(where: { $0 >= classCount }) {
    throw origin.error("label \(indices[sample]) of sample \(sample + 1) is not in 0..<\(classCount)")
  }
  return (indices, classCount)
}

/// Where the 1 of each row is.
private func hotPlaces(_ numbers: [Double], rowSize: Int, _ origin: ArrayOrigin) throws(FileError) -> [Int] {
  var places: [Int] = []
  places.reserveCapacity(numbers.count / rowSize)
  for start in stride(from: 0, to: numbers.count, by: rowSize) {
    let row = numbers[start..<start + rowSize]
    guard let hot = row.firstIndex(of: 1), row.indices.allSatisfy({ $0 == hot || row[$0] == 0 }) else {
      throw origin.error(
        "row \(start / rowSize + 1) is not one-hot, a single 1 among zeros; labels are such rows or whole numbers [samples]"
      )
    }
    places.append(hot - start)
  }
  return places
}
