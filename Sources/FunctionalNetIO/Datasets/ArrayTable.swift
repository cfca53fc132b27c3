import FunctionalNet

/// A table `[samples, columns]` of numbers with the classes in one column, as a single `.npy` file has it.
struct ArrayTable {
  /// The other columns.
  let inputs: FileArray

  /// The column of classes, and its index from 0.
  let labels: [Double]
  let column: Int

  init(_ array: FileArray, labelColumn: LabelColumn, _ origin: ArrayOrigin) throws(FileError) {
    guard array.shape.count == 2, array.shape[1] > 1 else {
      throw origin.error(
        "shape \(array.shape) is no table with a column of classes; save inputs and classes as two arrays, with "
          + "np.savez(FILE, x=…, y=…)")
    }
    let (rows, columns) = (array.shape[0], array.shape[1])
    switch labelColumn {
    case .last: column = columns - 1
    case .position(let number) where (1...columns).contains(number): column = number - 1
    case .position(let number): throw origin.error("there is no column \(number); the columns are 1 to \(columns)")
    case .named(let name):
      throw origin.error("no column is named '\(name)': --label_column takes a number from 1 to \(columns) here")
    }
    let label = column
    func others<T>(_ elements: [T]) -> [T] {
      var result: [T] = []
      result.reserveCapacity(rows * (columns - 1))
      for start in stride(from: 0, to: elements.count, by: columns) {
        result += elements[start..<start + label]
        result += elements[start + label + 1..<start + columns]
      }
      return result
    }
    switch array.elements {
    case .bytes(let bytes):
      inputs = FileArray(shape: [rows, columns - 1], elements: .bytes(others(bytes)))
      labels = (0..<rows).map { Double(bytes[$0 * columns + label]) }
    case .numbers(let numbers):
      inputs = FileArray(shape: [rows, columns - 1], elements: .numbers(others(numbers)))
      labels = (0..<rows).map { numbers[$0 * columns + label] }
    }
  }
}

extension Dataset {
  /// The samples of a table; its classes are whole numbers, in order of value, as those of a text are.
  init(npy array: FileArray, labelColumn: LabelColumn, file: String) throws(FileError) {
    let origin = ArrayOrigin(file: file)
    let table = try ArrayTable(array, labelColumn: labelColumn, origin)
    for (row, label) in table.labels.enumerated() where Int(exactly: label) == nil {
      throw origin.error(
        "element [\(row), \(table.column)] is \(label), not a class, in column \(table.column + 1), which holds the classes "
          + "(--label_column names another); \(Dataset.adviceOnNumbers)")
    }
    let x = try ArrayInputs(table.inputs, origin)
    let values = Set(table.labels).sorted()
    let positions = Dictionary(uniqueKeysWithValues: zip(values, values.indices))
    self.init(
      name: file, kind: x.kind, inputs: x.inputs, sampleShape: x.sampleShape,
      labels: Labels(table.labels.map { positions[$0]! }), classNames: values.map { String(Int($0)) })
  }
}
