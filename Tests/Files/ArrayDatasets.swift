import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

private func numbers(_ shape: [Int], _ values: [Double]) -> FileArray {
  FileArray(shape: shape, elements: .numbers(values))
}
private func bytes(_ shape: [Int], _ values: [UInt8]) -> FileArray { FileArray(shape: shape, elements: .bytes(values)) }

/// Four samples of two columns, and their classes.
private let table = numbers([4, 2], [1, 2, 3, 4, 5, 6, 7, 8.5])
private let classes = numbers([4], [0, 1, 2, 1])

@Suite struct ArrayDatasets {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/data.npz" }

  init() throws { folder = try TemporaryFolder() }

  /// The data set of an archive of these arrays.
  private func parts(
    _ arrays: KeyValuePairs<String, FileArray>, keys: String? = nil
  ) throws -> DatasetParts {
    try writeFile(path, NPZ.bytes(of: arrays.map { ($0.key, $0.value) }))
    return try DatasetParts(path, keys: keys.flatMap { ArrayKeys($0) })
  }

  private func problem(_ arrays: KeyValuePairs<String, FileArray>, keys: String? = nil) -> String {
    failure { _ = try parts(arrays, keys: keys) }
  }

  // MARK: Names

  @Test(arguments: [
    ("x_train", "y_train", "x_test", "y_test"), ("X_train", "Y_train", "X_test", "Y_test"),
    ("XTrain", "yTrain", "XTest", "yTest"),
    ("train_x", "train_y", "test_x", "test_y"), ("train_images", "train_labels", "test_images", "test_labels"),
    ("train/images", "train/labels", "test/images", "test/labels"),
    ("train_data", "train_labels", "test_data", "test_labels"),
    ("train_set_x", "train_set_y", "test_set_x", "test_set_y"),
  ])
  func commonNamesAreFound(x: String, y: String, testX: String, testY: String) throws {
    let found = try parts(
      ["other": classes, testX: numbers([1, 2], [9, 9]), testY: numbers([1], [2]), y: classes, x: table])
    #expect(found.training.count == 4 && found.training.labels == [0, 1, 2, 1] && found.test?.labels == [2])
    #expect(try parts([x: table, y: classes]).test == nil)
    #expect(try parts([x: table, y: classes, testX: table]).test == nil)
  }

  @Test(arguments: [
    ("X", "y"), ("x", "y"), ("data", "target"), ("Data", "labels"), ("images", "labels"), ("features", "targets"),
  ])
  func commonPairsAreFound(x: String, y: String) throws {
    let found = try parts(["extra": table, x: table, y: classes])
    #expect(found.training.sampleShape == [2] && found.training.kind == .columns && found.test == nil)
    #expect(found.training.tensor(Double.self).elements == [1, 2, 3, 4, 5, 6, 7, 8.5])
    #expect(found.training.classNames == ["0", "1", "2"])
  }

  @Test func givenNamesAreTaken() throws {
    let arrays: KeyValuePairs = ["x": classes, "y": classes, "a": table, "b": numbers([4], [1, 1, 0, 0])]
    #expect(try parts(arrays, keys: "a,b").training.labels == [1, 1, 0, 0])
    #expect(try parts(arrays, keys: "a,b,a,b").test?.labels == [1, 1, 0, 0])
    #expect(ArrayKeys("a,b,c") == nil && ArrayKeys("a,,b,c") == nil && ArrayKeys("") == nil && ArrayKeys(",b") == nil)
    #expect(ArrayKeys("a,b,c,d")?.names == ["a", "b", "c", "d"] && ArrayKeys("a")?.names == ["a"])
  }

  @Test func whatIsNotFoundIsListed() {
    let listing = "the file has first [4, 2] float64, second [4] float64"
    #expect(
      problem(["first": table, "second": classes])
        == "\(path): its arrays have no names that are common; name them with --keys INPUTS,CLASSES, or with "
        + "--keys INPUTS,CLASSES,TEST_INPUTS,TEST_CLASSES; \(listing)")
    #expect(
      problem(["first": table, "second": classes], keys: "first,third").contains("there is no array 'third'; name them")
    )
    // Two spellings of one name: it is not for a program to choose.
    #expect(problem(["x": table, "X": table, "y": classes]).contains("no names that are common"))
  }

  @Test func theFormatIsInTheName() throws {
    let other = "\(folder.path)/data.bin"
    for (bytes, what, ending) in [
      (NPZ.bytes(of: [("x", table)]), "archive of NumPy's arrays", "npz"),
      (NPY.bytes(of: table), "array of NumPy's", "npy"),
    ] {
      try writeFile(other, bytes)
      #expect(
        failure { _ = try DatasetParts(other) }
          == "\(other): this is an \(what) (.\(ending)); give it a name that ends in .\(ending)")
    }
    #expect(
      ArrayFormat(path: "a.npy.gz") == .npy && ArrayFormat(path: "npz") == nil && ArrayFormat(path: "a.h5") == .hdf5)
  }

  // MARK: Labels

  @Test func labelsAreNumbersOrOneHot() throws {
    for labels in [
      classes, numbers([4, 1], [0, 1, 2, 1]), bytes([4], [0, 1, 2, 1]),
      numbers([4, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0]),
      bytes([4, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0]),
    ] {
      let data = try parts(["x": table, "y": labels]).training
      #expect(data.labels == [0, 1, 2, 1] && data.classNames == ["0", "1", "2"])
    }
    // A class without samples is a class.
    #expect(try parts(["x": table, "y": numbers([4], [0, 3, 3, 1])]).training.classNames == ["0", "1", "2", "3"])
    let rows = bytes([4, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0])
    #expect(try parts(["x": table, "y": rows]).training.classNames.count == 4)
  }

  @Test(
    arguments: [
      ([4], [0, 1, 0.5, 1], "label 0.5 of sample 3 is not a whole number; classes are 0, 1, 2, …"),
      ([4], [0, 1, .nan, 1], "label nan of sample 3 is not a whole number"),
      ([4], [0, -1, 0, 1], "label -1 of sample 2 is negative"),
      ([4], [0, 1e300, 0, 1], "label 1e+300 of sample 2 is not a whole number"),
      ([4], [0, 9e18, 0, 1], "label 9000000000000000000 of sample 2 is out of range: only 3 different labels occur"),
      ([4], [0, 8, 0, 1], "label 8 of sample 2 is out of range: only 3 different labels occur"),
      ([3], [0, 1, 1], "3 labels for 4 samples"), ([2, 2], [1, 0, 0, 1], "2 labels for 4 samples"),
      ([4, 2], [1, 0, 0, 1, 0, 0, 1, 0], "row 3 is not one-hot, a single 1 among zeros"),
      ([4, 2], [1, 0, 0, 1, 1, 1, 1, 0], "row 3 is not one-hot"),
      ([4, 2], [1, 0, 0, 1, 0.5, 0.5, 1, 0], "row 3 is not one-hot"),
      ([4, 2], [1, 0, 0, 1, 0, 1, 1, 0.5], "row 4 is not one-hot"),
      ([4, 2], [1, 0, 0, 1, 0, 1, -1, 1], "row 4 is not one-hot"),
      (
        [4, 1, 1], [0, 1, 1, 0],
        "shape [4, 1, 1] is none of labels; expected [samples], or one-hot rows [samples, classes]"
      ),
      ([4, 0], [], "shape [4, 0] is none of labels"), ([], [1], "shape [] is none of labels"),
    ] as [([Int], [Double], String)])
  func otherLabelsAreErrors(shape: [Int], values: [Double], message: String) {
    let found = problem(["x": table, "y": numbers(shape, values)])
    #expect(found.hasPrefix("\(path): array 'y': \(message)"), "\(found)")
  }

  @Test func theTestPartFitsTheTraining() throws {
    let training: KeyValuePairs = ["x_train": table, "y_train": classes]
    func found(_ x: FileArray, _ y: FileArray) -> String {
      failure {
        try writeFile(path, NPZ.bytes(of: training.map { ($0.key, $0.value) } + [("x_test", x), ("y_test", y)]))
        _ = try DatasetParts(path)
      }
    }
    #expect(found(numbers([1, 2], [0, 0]), numbers([1], [2])) == "")
    #expect(
      found(numbers([1, 2], [0, 0]), numbers([1], [3])).contains("array 'y_test': label 3 of sample 1 is not in 0..<3"))
    #expect(
      found(numbers([1, 2], [0, 0]), numbers([1, 4], [0, 0, 0, 1])).contains("one-hot rows of 4 classes; expected 3"))
    #expect(
      found(numbers([1, 3], [0, 0, 0]), numbers([1], [2]))
        .contains("array 'x_test': samples of shape [3], but those of 'x_train' have [2]"))
  }

  // MARK: Inputs

  /// What images and columns become, by their type, their shape and their range.
  @Test(
    arguments: [
      (bytes([2, 1, 2], [0, 200, 3, 4]), Dataset.Kind.pixels(white: 255), true),
      (bytes([2, 1, 2], [0, 1, 1, 0]), .plain, true),
      (numbers([2, 1, 2], [0, 200, 3, 4]), .pixels(white: 255), true),
      (numbers([2, 1, 2], [0, 200.5, 3, 4]), .pixels(white: 255), false),
      (numbers([2, 1, 2], [0, 1, 0.5, 1]), .plain, false), (numbers([2, 1, 2], [0, 1, 0, 1]), .plain, true),
      (numbers([2, 1, 2], [-1, 1, 0, 200]), .plain, false),
      (numbers([2, 1, 2], [0, 1, 0, 4095]), .pixels(white: 4095), false),
      (numbers([2, 2], [0, 1, 0.5, 1]), .columns, false), (bytes([2, 2], [0, 1, 5, 127]), .columns, false),
      (bytes([2, 2], [0, 1, 5, 128]), .pixels(white: 255), true), (numbers([2, 2], [0, 1, 5, 128]), .columns, false),
    ] as [(FileArray, Dataset.Kind, Bool)])
  func inputsAreWhatTheyLookLike(x: FileArray, kind: Dataset.Kind, areBytes: Bool) throws {
    let data = try parts(["x": x, "y": numbers([2], [0, 1])]).training
    var isBytes = false
    if case .bytes = data.inputs { isBytes = true }
    #expect(data.kind == kind && isBytes == areBytes)
    #expect(data.tensor(Double.self).elements == elements(x))
  }

  @Test func channelsComeFirst() throws {
    let y = numbers([2], [0, 1])
    let last = (0..<2 * 4 * 5 * 3).map { UInt8($0) }
    let data = try parts(["x": bytes([2, 4, 5, 3], last), "y": y]).training
    #expect(data.sampleShape == [3, 4, 5])
    let x = data.tensor(Double.self).reshaped([2, 3, 4, 5])
    for (n, c, h, w) in [(0, 0, 0, 0), (0, 1, 0, 0), (1, 2, 3, 4), (1, 0, 2, 3)] {
      #expect(x[n, c, h, w] == Double(last[((n * 4 + h) * 5 + w) * 3 + c]))
    }
    for (shape, sample) in [
      ([2, 4, 5, 1], [1, 4, 5]), ([2, 1, 4, 5], [1, 4, 5]), ([2, 3, 4, 5], [3, 4, 5]), ([2, 3, 3, 3], [3, 3, 3]),
      ([2, 4, 5, 2], [4, 5, 2]), ([2, 4, 5], [4, 5]), ([2, 3, 5, 3], [3, 5, 3]), ([2, 5, 6, 4], [4, 5, 6]),
    ] {
      let x = bytes(shape, Array(repeating: 9, count: shape.reduce(1, *)))
      #expect(try parts(["x": x, "y": y]).training.sampleShape == sample)
    }
    // What could be read in the other way, or has an unusual number of channels, is not certain.
    for (shape, isCertain) in [
      ([2, 28, 28, 3], true), ([2, 3, 28, 28], true), ([2, 28, 28, 1], true), ([2, 1, 28, 28], true),
      ([2, 28, 28], true),
      ([2, 13, 3, 3], false), ([2, 4, 5, 3], false), ([2, 3, 28, 4], false), ([2, 16, 8, 8], false),
      ([2, 8, 8, 2], false),
    ] {
      let x = bytes(shape, Array(repeating: 9, count: shape.reduce(1, *)))
      #expect(try parts(["x": x, "y": y]).training.notes.isEmpty == isCertain, "\(shape)")
    }
    #expect(try parts(["x": numbers([2], [5, 6]), "y": y]).training.sampleShape == [1])
  }

  @Test(
    arguments: [
      ([2, 2], [1, 2, .nan, 4], "element [1, 0] is nan, not a finite number"),
      ([2, 1, 2], [1, 2, 3, -.infinity], "element [1, 0, 1] is -inf, not a finite number"),
      ([2, 2], [1, 1e101, 3, 4], "element [0, 1] is 1e+101, too large"),
      ([0, 2], [], "holds no samples: its shape is [0, 2]"), ([2, 0], [], "holds no samples"),
      ([], [1], "holds no samples"),
    ] as [([Int], [Double], String)])
  func otherInputsAreErrors(shape: [Int], values: [Double], message: String) {
    let found = problem(["x": numbers(shape, values), "y": numbers([2], [0, 1])])
    #expect(found.hasPrefix("\(path): array 'x': \(message)"), "\(found)")
  }
}
