import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Single `.npy` files: tables for training, and inputs to classify.
@Suite struct ArrayTables {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/data.npy" }
  private let table = FileArray(shape: [3, 3], elements: .numbers([1, 2, 10, 3, 4.5, -9, 5, 6, 10]))

  init() throws { folder = try TemporaryFolder() }

  private func dataset(_ array: FileArray, label: LabelColumn = .last) throws -> Dataset {
    try writeFile(path, NPY.bytes(of: array))
    return try DatasetParts(path, table: TableOptions(labelColumn: label)).training
  }

  @Test func theLastColumnHoldsTheClasses() throws {
    let data = try dataset(table)
    #expect(data.classNames == ["-9", "10"] && data.labels == [1, 0, 1] && data.kind == .columns)
    #expect(data.sampleShape == [2] && data.tensor(Double.self).elements == [1, 2, 3, 4.5, 5, 6])
    let first = try dataset(table, label: .position(1))
    #expect(first.classNames == ["1", "3", "5"] && first.tensor(Double.self).elements == [2, 10, 4.5, -9, 6, 10])
    let middle = try dataset(FileArray(shape: [2, 3], elements: .bytes([1, 0, 2, 3, 1, 4])), label: .position(2))
    #expect(middle.labels == [0, 1] && middle.tensor(Double.self).elements == [1, 2, 3, 4])
  }

  @Test func aTableIsReadLikeItsText() throws {
    let text = try Dataset(csv: Array("1,2,10\n3,4.5,-9\n5,6,10\n".utf8), file: "t")
    let data = try dataset(table)
    #expect(data.classNames == text.classNames && data.labels == text.labels && data.sampleShape == text.sampleShape)
    #expect(data.tensor(Double.self) == text.tensor(Double.self) && data.kind == text.kind)
  }

  @Test func otherTablesAreErrors() {
    #expect(
      failure { _ = try dataset(table, label: .position(2)) }
        == "\(path): element [1, 1] is 4.5, not a class, in column 2, which holds the classes (--label_column names another); "
        + "this command learns classes, not numbers")
    #expect(
      failure { _ = try dataset(table, label: .position(4)) } == "\(path): there is no column 4; the columns are 1 to 3"
    )
    #expect(failure { _ = try dataset(table, label: .position(0)) }.contains("there is no column 0"))
    #expect(
      failure { _ = try dataset(table, label: .named("kind")) }
        == "\(path): no column is named 'kind': --label_column takes a number from 1 to 3 here")
    for shape in [[9], [9, 1], [1, 3, 3], []] {
      let array = FileArray(shape: shape, elements: .numbers(Array(repeating: 1, count: shape.reduce(1, *))))
      #expect(
        failure { _ = try dataset(array) }.hasPrefix(
          "\(path): shape \(shape) is no table with a column of classes; save"))
    }
    #expect(failure { _ = try dataset(FileArray(shape: [0, 3], elements: .numbers([]))) }.contains("holds no samples"))
    #expect(
      failure { _ = try dataset(FileArray(shape: [1, 2], elements: .numbers([.nan, 1]))) }.contains(
        "element [0, 0] is nan"))
  }

  // MARK: Inputs alone

  private func inputs(_ array: FileArray, size: Int, label: LabelColumn? = nil) throws -> [Double] {
    try writeFile(path, NPY.bytes(of: array))
    return values(try ArrayInputs(contentsOf: path, size: size, labelColumn: label))
  }

  private func values(_ inputs: ArrayInputs) -> [Double] {
    switch inputs.inputs {
    case .bytes(let bytes): bytes.map(Double.init)
    case .numbers(let numbers): numbers
    }
  }

  @Test func aTableWithoutClassesOrWith() throws {
    #expect(try inputs(table, size: 3) == elements(table))
    #expect(
      failure { _ = try inputs(table, size: 2) }
        == "\(path): samples have 3 inputs, but the network takes 2; if one of the columns holds the classes, --label_column "
        + "says which")
    #expect(try inputs(table, size: 2, label: .last) == [1, 2, 3, 4.5, 5, 6])
    #expect(try inputs(table, size: 2, label: .position(1)) == [2, 10, 4.5, -9, 6, 10])
    #expect(failure { _ = try inputs(table, size: 5) } == "\(path): samples have 3 inputs, but the network takes 5")
    let images = FileArray(shape: [2, 2, 2], elements: .bytes([1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(try inputs(images, size: 4) == [1, 2, 3, 4, 5, 6, 7, 8])
  }

  @Test func inputsByName() throws {
    let file = "\(folder.path)/data.npz"
    func found(_ names: [String], keys: String? = nil) throws -> [Double] {
      let arrays = names.enumerated().map {
        (name: $1, array: FileArray(shape: [1, 2], elements: .numbers([Double($0), 0])))
      }
      try writeFile(file, NPZ.bytes(of: arrays))
      return values(try ArrayInputs(contentsOf: file, size: 2, keys: keys.flatMap { ArrayKeys($0) }))
    }
    #expect(try found(["anything"]) == [0, 0])
    #expect(try found(["y_test", "x_train", "x_test"]) == [2, 0] && found(["y", "X"]) == [1, 0])
    #expect(try found(["a", "b", "c"], keys: "b") == [1, 0])
    #expect(try found(["a", "b", "c"], keys: "b,y,c,z") == [2, 0] && found(["a", "b"], keys: "b,y,c,z") == [1, 0])
    #expect(
      failure { _ = try found(["a", "b"]) }
        == "\(file): no array has a common name of inputs; name it with --keys INPUTS; the file has a [1, 2] float64, b [1, 2] float64"
    )
    #expect(
      failure { _ = try found(["a", "b"], keys: "c") }.contains("there is no array 'c'; name it with --keys INPUTS"))
  }
}
