import Foundation
import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Data sets of arrays, as the command takes them.
@Suite struct ArrayDatasetsCommand {
  private let folder: TemporaryFolder
  private let digits: DatasetParts

  init() throws {
    folder = try TemporaryFolder()
    let (training, test) = try DatasetParts("digits").split(testFraction: 0.2, key: Key(1))
    digits = DatasetParts(training: training.some(200, key: Key(2)), test: test)
  }

  private func images(_ part: Dataset) -> FileArray {
    FileArray(shape: [part.count, 8, 8], elements: .bytes(part.tensor(Float.self).elements.map { UInt8($0) }))
  }

  private func classes(_ part: Dataset) -> FileArray {
    FileArray(shape: [part.count], elements: .numbers(part.labels.indices.map(Double.init)))
  }

  private func oneHot(_ part: Dataset) -> FileArray {
    let rows = part.labels.indices.flatMap { label in (0..<10).map { $0 == label ? 1.0 : 0 } }
    return FileArray(shape: [part.count, 10], elements: .numbers(rows))
  }

  /// Writes the digits under these names, and returns the path.
  private func write(
    _ name: String, _ names: [String], labels: (Dataset) -> FileArray, isDeflated: Bool = false
  ) throws -> String {
    let test = try #require(digits.test)
    let arrays = [images(digits.training), labels(digits.training), images(test), labels(test)]
    let path = "\(folder.path)/\(name).npz"
    try writeFile(path, NPZ.bytes(of: Array(zip(names, arrays)).map { ($0, $1) }, isDeflated: isDeflated))
    return path
  }

  private func train(_ more: [String]) throws -> Outcome {
    try functionalNet(["--epochs", "2", "--seed", "3", "--hidden_neurons", "10", "--json", "--quiet"] + more)
  }

  @Test func namesAreGivenOrGuessed() throws {
    let common = try write("common", ["x_train", "y_train", "x_test", "y_test"], labels: classes)
    let own = try write("own", ["a", "b", "c", "d"], labels: oneHot, isDeflated: true)
    let guessed = try train(["--dataset", common])
    let lines = try guessed.json()
    #expect(guessed.code == 0 && lines[0]["configuration"]?["keys"] == nil)
    #expect(lines[0]["dataset"]?["training_samples"] == .integer(200))
    #expect(lines[0]["dataset"]?["test_samples"] == .integer(359))
    let given = try train(["--dataset", own, "--keys", "a,b,c,d"])
    let ends = [try #require(lines.last), try #require(try given.json().last)]
    #expect(given.code == 0 && ends[0]["parameters_crc32"] == ends[1]["parameters_crc32"])
    #expect(ends[0]["test_accuracy"] == ends[1]["test_accuracy"])
  }

  @Test func whatCannotBeGuessedIsListed() throws {
    let own = try write("own", ["a", "b", "c", "d"], labels: classes)
    let result = try train(["--dataset", own])
    #expect(result.code == 1 && result.output == "")
    #expect(
      result.errors.contains(
        "own.npz: its arrays have no names that are common; name them with --keys INPUTS,CLASSES, or with "
          + "--keys INPUTS,CLASSES,TEST_INPUTS,TEST_CLASSES; the file has a [200, 8, 8] uint8, b [200] float64, "
          + "c [359, 8, 8] uint8, d [359] float64"))
    let wrong = try train(["--dataset", own, "--keys", "a,e"])
    #expect(wrong.code == 1 && wrong.errors.contains("there is no array 'e'"))
  }

  @Test func evaluateFindsTheNamesAgain() throws {
    let own = try write("own", ["a", "b", "c", "d"], labels: classes)
    let model = "\(folder.path)/model.safetensors"
    let end = try #require(try train(["--dataset", own, "--keys", "a,b,c,d", "--save", model]).json().last)
    let again = try functionalNet(["evaluate", model, "--json"])
    let json = try #require(try again.json().first)
    #expect(again.code == 0 && json["accuracy"] == end["test_accuracy"] && json["samples"] == .integer(359))
    let whole = try functionalNet(["evaluate", model, "--all", "--json"])
    #expect(try whole.json().first?["samples"] == .integer(559) && !again.errors.contains("other data"))
    // The test part that data bring is that of other data too, which is said where those of the training were.
    let arrays = [images(digits.training.some(150, key: Key(3))), classes(digits.training.some(150, key: Key(3)))]
    let test = try #require(digits.test)
    let before = try readFile(own)
    let changed = zip(["a", "b", "c", "d"], arrays + [images(test), classes(test)]).map { ($0, $1) }
    try writeFile(own, NPZ.bytes(of: changed))
    let other = try functionalNet(["evaluate", model, "--json"])
    #expect(try other.code == 0 && other.json().first?["part"] == .string("test"))
    #expect(other.errors.contains("note: \(own): this is other data than the network was trained on (fingerprint "))
    try writeFile(own, before)
    // Other names, in the same file and in another.
    let others = try functionalNet(["evaluate", model, "--dataset", own, "--keys", "a,b", "--json"])
    #expect(try others.json().first?["samples"] == .integer(200))  // all: training split nothing off
    let digits = try functionalNet(["evaluate", model, "--dataset", "digits", "--json"])
    #expect(try digits.json().first?["samples"] == .integer(1797))
    // One part, split by the seed: the test part is found again.
    let split = try #require(try train(["--dataset", own, "--keys", "a,b", "--save", model, "--force"]).json().last)
    let same = try functionalNet(["evaluate", model, "--json"])
    #expect(try same.json().first?["accuracy"] == split["test_accuracy"])
  }

  @Test func howImagesWereReadIsSaidWhereItIsNotCertain() throws {
    let model = "\(folder.path)/model.safetensors"
    let path = "\(folder.path)/images.npz"
    for (shape, text) in [
      ([6, 13, 3, 3], "samples of shape [13, 3, 3] are taken for 13 channels of 3×3, channels first"),
      ([6, 4, 5, 3], "samples of shape [4, 5, 3] are taken for 3 channels of 4×5, channels last"), ([6, 5, 5, 3], nil),
    ] {
      let numbers = (0..<shape.reduce(1, *)).map { Double($0 % 7) }
      let images = FileArray(shape: shape, elements: .numbers(numbers))
      let labels = FileArray(shape: [6], elements: .numbers([0, 1, 0, 1, 0, 1]))
      try writeFile(path, NPZ.bytes(of: [("x", images), ("y", labels)]))
      let training = try functionalNet(["--dataset", path, "--epochs", "1", "--save", model, "--force"])
      let export = try functionalNet(["export", model, "--to", "\(folder.path)/m.onnx", "--force"])
      #expect(
        training.code == 0 && export.code == 0 && export.errors.contains("(channels first, also where the data has"))
      for result in [
        training, try functionalNet(["evaluate", model, "--dataset", path]),
        try functionalNet(["predict", model, "--dataset", path]),
        try functionalNet(["check-gradients", "--dataset", path, "--network", "linear(2)"]),
      ] {
        #expect(
          result.code == 0 && result.errors.contains("note: \(path): samples of shape") == (text != nil), "\(result)")
        if let text { #expect(result.errors.contains("note: \(path): \(text)\n"), "\(result)") }
      }
    }
  }

  @Test func checkGradientsTakesArrays() throws {
    let own = try write("own", ["a", "b", "c", "d"], labels: oneHot)
    let result = try functionalNet([
      "check-gradients", "--dataset", own, "--keys", "a,b", "--hidden_neurons", "2", "--seed", "1", "--quiet",
    ])
    #expect(result.code == 0 && result.output.contains("passed: 160 derivatives"), "\(result)")
  }

  @Test func tablesKnowTheirColumnOfClasses() throws {
    let path = "\(folder.path)/table.npy"
    let rows = (0..<40).flatMap { row in
      let (kind, place) = (Double(row % 2), Double(row))
      return [kind, kind + place / 100, place]
    }
    try writeFile(path, NPY.bytes(of: FileArray(shape: [40, 3], elements: .numbers(rows))))
    let result = try train(["--dataset", path, "--label_column", "1"])
    #expect(
      try result.code == 0 && result.json()[0]["dataset"]?["class_names"] == .array([.string("0"), .string("1")]),
      "\(result)")
  }

  @Test(arguments: [
    (["--dataset", "x.npz", "--keys", "a"], "argument --keys: 'a' is not two or four names with commas between them"),
    (["--dataset", "x.npz", "--keys", "a,b,c"], "is not two or four names"),
    (["--dataset", "x.npz", "--keys", "a,"], "is not two"),
    (
      ["--dataset", "iris", "--keys", "a,b"],
      "argument --keys: only .npz, .h5 and .hdf5 files have arrays with names, not iris"
    ),
    (["--dataset", "x.npy", "--keys", "a,b"], "argument --keys: only .npz"),
    (["--dataset", "x.npz", "--label_column", "2"], "argument --label_column: only .csv, .tsv and .npy files"),
  ])
  func wrongUseIsExplained(arguments: [String], words: String) throws {
    let result = try functionalNet(arguments)
    #expect(result.code == 2 && result.errors.contains(words), "\(result)")
  }

  #if !HDF5
    @Test func hdf5IsATrait() throws {
      let path = "\(folder.path)/data.h5"
      try writeFile(path, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
      let result = try functionalNet(["--dataset", path])
      #expect(result.code == 1 && result.errors.contains("swift build -c release --traits HDF5"), "\(result)")
      #expect(result.errors.contains("apt-get install libhdf5-dev"))
    }
  #endif

  /// The same images in another scale, or in another shape, are not measured in silence.
  @Test func imagesOfAnotherScaleOrShape() throws {
    let test = try #require(digits.test)
    let (model, path) = ("\(folder.path)/m.safetensors", "\(folder.path)/other.npz")
    _ = try functionalNet(["--epochs", "5", "--seed", "1", "--quiet", "--save", model])
    func evaluated(_ x: FileArray) throws -> Outcome {
      try writeFile(path, NPZ.bytes(of: [("x", x), ("y", classes(test))]))
      return try functionalNet(["evaluate", model, "--dataset", path])
    }
    let pixels = test.tensor(Double.self).elements
    func array(_ shape: [Int], _ scale: Double) -> FileArray {
      FileArray(shape: [test.count] + shape, elements: .numbers(pixels.map { $0 * scale }))
    }
    #expect(!(try evaluated(array([8, 8], 1)).errors.contains("the largest input")))
    let small = try evaluated(array([8, 8], 1 / 16))
    #expect(
      small.errors.contains(
        "warning: \(path): the largest input is 1, but the network was trained on numbers from 0 to 16;"))
    #expect(try evaluated(array([8, 8], 15)).errors.contains("the largest input is 240, but the network"))
    let predicted = try functionalNet(["predict", model, "--dataset", path])
    #expect(predicted.code == 0 && predicted.errors.contains("the largest input is 240, but the network"))
    let wide = try evaluated(array([4, 16], 1))
    #expect(wide.code == 1 && wide.errors.contains("samples have the shape [4, 16], but the network takes [8, 8]"))
    let again = try functionalNet(["predict", model, "--dataset", path])
    #expect(again.code == 1 && again.errors.contains("samples have the shape [4, 16], but the network takes [8, 8]"))
  }
}
