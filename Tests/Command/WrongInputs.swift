import Foundation
import FunctionalNetIO
import TestSupport
import Testing

/// Wrong files, shapes and values, each with the exit code and the words that explain it. Nothing is written by a run that
/// fails before it starts.
@Suite struct WrongInputs {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A table of numbers with classes, the lines of which a case may change.
  private static let table = ["a,b,kind"] + (0..<12).map { "\($0),\($0 % 5),\($0 % 2 == 0 ? "even" : "odd")" }

  private static func table(changing line: Int, to text: String) -> String {
    var lines = table
    lines[line - 1] = text
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Training on tables

  @Test(
    arguments: [
      ("", "there is no data in this file"), ("\n\n \n", "there is no data in this file"),
      ("a,b,kind\n", "there is a header line, but no data"),
      ("a\n1\n2\n", ":1: one column; expected columns of numbers and one of classes"),
      (table(changing: 5, to: "1,2"), ":5: expected 3 columns as in the first line, found 2"),
      (table(changing: 5, to: "1,2,3,even"), ":5: expected 3 columns as in the first line, found 4"),
      (table(changing: 6, to: "1,two,even"), ":6: column 2 ('b'): 'two' is not a finite number"),
      (table(changing: 6, to: "1,inf,even"), ":6: column 2 ('b'): 'inf' is not a finite number"),
      (table(changing: 6, to: "1,1e999,even"), ":6: column 2 ('b'): '1e999' is not a finite number"),
      (table(changing: 6, to: "1,1e200,even"), ":6: column 2 ('b'): '1e200' is too large"),
      (table(changing: 6, to: "1,,even"), ":6: column 2 ('b')"), (table(changing: 6, to: "1,NA,even"), "--missing"),
      (table(changing: 6, to: "1,0x10p,even"), ":6: column 2 ('b'): '0x10p' is not a finite number"),
      (table(changing: 7, to: "1,2,"), ":7: the class is missing in column 3"),
      (table(changing: 7, to: "1,\"2,even"), ":7: a quote is opened here and never closed"),
      (table(changing: 7, to: "1,\"2\"x,even"), ":7: something follows a closing quote"),
      (table(changing: 7, to: "1,2,\u{FFFD}"), ":7: the class is not UTF-8 text"),
      ("1,2\n3,4.5\n5,6\n", ":2: '4.5' is a fraction, not a class"),
      ("1,a\n2,a\n", "all samples are of class 'a'; there must be two classes or more"),
    ])
  func ofTables(text: String, words: String) throws {
    try writeText(text, "\(folder.path)/d.csv")
    try expect(["--dataset", "\(folder.path)/d.csv"], 1, "\(folder.path)/d.csv", words)
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x31, 0], "this is text in UTF-16; save it as UTF-8"),
      ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1], "the gzip data"), ([0x1F, 0x8B], "the gzip data ends too early"),
      ([0, 0, 8, 3], "this is one IDX file; name the folder that holds images and labels"),
    ] as [([UInt8], String)])
  func ofBytes(bytes: [UInt8], words: String) throws {
    try writeFile("\(folder.path)/d.csv", bytes)
    try expect(["--dataset", "\(folder.path)/d.csv"], 1, "\(folder.path)/d.csv", words)
  }

  // MARK: Folders of images

  /// An IDX file.
  private static func idx(_ shape: [Int], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] } + elements
  }

  private static let (images, labels) = (idx([4, 2, 2], (0..<16).map { UInt8($0) }), idx([4], [0, 1, 0, 1]))

  @Test(
    arguments: [
      (images, nil, "train-images-idx3-ubyte is here, but train-labels-idx1-ubyte is not"),
      (nil, labels, "no file train-images-idx3-ubyte or train-images-idx3-ubyte.gz in this folder"),
      (images, idx([3], [0, 1, 0]), "3 labels for the 4 images"),
      (idx([4, 2, 2], [1, 2, 3]), labels, "dimensions [4, 2, 2] promise 16 bytes of data, but 3 follow"),
      (images + [0], labels, "dimensions [4, 2, 2] promise 16 bytes of data, but 17 follow"),
      (idx([4, 2, 2], (0..<16).map { UInt8($0) }, type: 13), labels, "element type 0d; only unsigned bytes (08)"),
      (idx([16], (0..<16).map { UInt8($0) }), labels, "an IDX file of 1 dimensions, expected 2 or more"),
      ([1, 2, 3, 4, 5], labels, "not an IDX file: it begins with 01 02 03 04"),
      (Array(images.prefix(3)), labels, "the file ends within the magic number"),
      (Array(images.prefix(9)), labels, "the file ends within the dimensions"),
      (idx([0, 2, 2], []), idx([0], []), "there are no images in this file"),
      (images, idx([4], [0, 1, 0, 200]), "label 200 of sample 4 is out of range"),
      (images, idx([4], [1, 1, 1, 1]), "all samples are of class '1'"),
    ] as [([UInt8]?, [UInt8]?, String)])
  func ofFolders(images: [UInt8]?, labels: [UInt8]?, words: String) throws {
    if let images { try writeFile("\(folder.path)/train-images-idx3-ubyte", images) }
    if let labels { try writeFile("\(folder.path)/train-labels-idx1-ubyte", labels) }
    try expect(["--dataset", folder.path], 1, words)
  }

  // MARK: Shapes and values

  @Test(
    arguments: [
      (
        ["--network", "linear(5) relu linear(4)"], 2,
        "it makes [4] of a sample, but there are 3 classes; end it with linear(3)"
      ),
      (["--network", "conv2d(3) flatten linear(3)"], 2, "conv2d"), (["--network", "linear(3"], 2, "expected , or )"),
      (["--network", "linaer(3)"], 2, "did you mean linear?"),
      (["--network", "  "], 2, "a network has at least one layer"),
      (["--network", "linear(0)"], 2, "outputs is a whole number from 1 to a billion, not 0"),
      (["--network", "linear(4000000000)"], 2, "outputs is a whole number from 1 to a billion, not 4000000000"),
      (["--network", "linear((2,3))"], 2, "outputs is a whole number from 1 to a billion, not (2,3)"),
      (["--network", "conv2d(3,kernel=0) linear(3)"], 2, "or a pair such as (3,2), not 0"),
      (["--network", "dropout(1.5) linear(3)"], 2, "probability is 0 or more and less than 1, not 1.5"),
      (["--network", "linear(1000000000) linear(3)"], 2, "more than a billion"),
      (["--network", "dropout(1) linear(3)"], 2, "0 or more and less than 1"),
      (["--network", "cnn", "--hidden_neurons", "5"], 2, "the network cnn has no layer of hidden neurons"),
      (["--network", "linear(3)", "--dropout", "0.5"], 2, "where dropout is a layer of its own, as in dropout(0.5)"),
      (
        ["--network", "linear(5) linear(3)", "--hidden_neurons", "9"], 2,
        "argument --hidden_neurons: it does not go with a network in notation, whose hidden neurons are the outputs of a "
          + "linear layer, as in linear(9)"
      ),
      (["--network", "cnn"], 2, "argument --network"), (["--optimizer", "adam", "--momentum", "0.5"], 2, "has none"),
      (["--schedule", "step(0)"], 2, "argument --schedule"),
      (["--checkpoint_seconds", "1"], 2, "there is no --checkpoint"),
      (["--checkpoint", "c", "--checkpoint_seconds", "0"], 2, "0 is out of range, expected more than 0"),
      (["--patience", "0"], 2, "argument --patience: 0 is out of range"),
      (["--samples", "0"], 2, "argument --samples"),
      (["--test_fraction", "-0.1"], 2, "argument --test_fraction"), (["--weight_decay", "-1"], 2, "--weight_decay"),
    ] as [([String], Int32, String)])
  func ofSettings(flags: [String], code: Int32, words: String) throws {
    try expect(["--dataset", "iris"] + flags, code, words)
  }

  // MARK: Models and checkpoints

  /// A safetensors file with this header and some bytes behind it.
  private func write(header: String, _ data: [UInt8] = []) throws -> String {
    let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    try writeFile("\(folder.path)/m", size + header.utf8 + data)
    return "\(folder.path)/m"
  }

  @Test(
    arguments: [
      ("{}", "there is no tensor '0.weight'"), ("{", "in the header"), ("[]", "the header is not an object"),
      (#"{"__metadata__":{"format":"functional-net","format_version":"9"}}"#, "format version 9 is newer"),
      (
        #"{"__metadata__":{"format":"functional-net","format_version":"2","network":"linear(2) tanh"}}"#,
        "there is no proper input_shape for the network 'linear(2) tanh'"
      ),
      (
        #"{"__metadata__":{"format":"functional-net","format_version":"2","network":"lin","input_shape":"[2]"}}"#,
        "the network 'lin' cannot be understood"
      ),
      (
        #"{"__metadata__":{"format":"functional-net","format_version":"2","network":"tanh linear(900)","input_shape":"[900]"}}"#,
        "has 810900 parameters, more than there are in this file"
      ),
      (#"{"a":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}"#, "type F16 is not supported"),
      (#"{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}"#, "the file is cut"),
    ])
  func ofModels(header: String, words: String) throws {
    let path = try write(header: header)
    for command in [["evaluate", path], ["predict", path, "--dataset", "iris"], ["summary", path]] {
      try expect(command, 1, "\(path): ", words, files: ["m"])
    }
  }

  @Test(
    arguments: [
      ("{}", "this is no checkpoint of a training run"),
      (
        #"{"__metadata__":{"format":"functional-net-checkpoint","format_version":"1"}}"#,
        "there are no proper 'settings' in the metadata"
      ),
      (
        #"{"__metadata__":{"format":"functional-net-checkpoint","format_version":"7","settings":"{\"dataset\":\"iris\"}"}}"#,
        "checkpoint version 7 is newer than this program, which reads version 1"
      ),
      (
        #"{"__metadata__":{"format":"functional-net-checkpoint","format_version":"1","settings":"{\"lr\":-1}"}}"#,
        "the settings of this run: argument --lr: -1 is out of range"
      ),
      (
        #"{"__metadata__":{"format":"functional-net-checkpoint","format_version":"1","settings":"{\"dataset\":\"iris\"}"}}"#,
        "has more parameters than there are in this file"
      ),
    ])
  func ofCheckpoints(header: String, words: String) throws {
    try expect(["resume", try write(header: header)], 1, "\(folder.path)/m: ", words, files: ["m"])
  }

  /// Runs the program and looks at what it says; where it trains, it is told to write files, which must not be there then.
  private func expect(_ arguments: [String], _ code: Int32, _ words: String..., files: [String]? = nil) throws {
    let before = folder.files
    let isTraining = arguments[0].hasPrefix("-")
    let outputs = isTraining ? ["--save", "\(folder.path)/saved"] : []
    let result = try functionalNet(arguments + outputs)
    #expect(result.code == code && words.allSatisfy(result.errors.contains), "\(result)")
    #expect(result.output == "" && result.errors.contains("error: "))
    #expect(folder.files == before && (files ?? before) == before)
  }
}
