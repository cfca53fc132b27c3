import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct JSONTexts {
  @Test func valuesAreWrittenAndRead() throws {
    let value = JSON.members([
      "name": .string("a \"quoted\"\\ \u{1}\n\t é 🙂"), "n": .integer(-12), "x": .number(0.1), "big": .number(1e300),
      "whole": .number(3),
      "list": .array([.null, .bool(true), .bool(false), .array([]), .object([])]),
    ])
    #expect(
      value.description
        == #"{"name":"a \"quoted\"\\ \u0001\n\t é 🙂","n":-12,"x":0.1,"big":1e+300,"whole":3,"list":[null,true,false,[],{}]}"#
    )
    let back = try JSON(parsing: value.description.utf8)
    #expect(back.description == value.description && back["x"]?.doubleValue == 0.1 && back["whole"]?.integerValue == 3)
    #expect(try JSON(parsing: #" "\u00e9\ud83d\ude42\/" "#.utf8) == .string("é🙂/"))
    #expect(JSON.number(.nan).description == "\"nan\"" && JSON.number(-.infinity).description == "\"-inf\"")
    #expect(JSON.float(0.1).description == "0.1")
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "1.", "-", "+1", ".5",
    "1e999", "tru",
    "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\u{1}\"", "1 2", "{\"a\":1,\"a\":2}", "nan",
    String(repeating: "[", count: 100_000),
  ])
  func malformedTextsAreErrors(text: String) {
    #expect(throws: JSON.ParseError.self) { try JSON(parsing: text.utf8) }
  }

  @Test func bytesThatAreNotText() {
    #expect(throws: JSON.ParseError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
  }
}

@Suite struct ModelFiles {
  private func model<S: Real>(_ type: S.Type, seed: Int) -> Model<S> {
    var random = Random(seed: seed)
    let params = random.twoLayerCase(S.self).params
    let (inputs, classes) = (params.w1.shape[0], params.b2.count)
    return Model(
      params: params,
      description: ModelDescription(
        classNames: (0..<classes).map { "class \"\($0)\", é" }, inputShape: [1, inputs],
        scaling: InputScaling(
          offset: (0..<inputs).map { Double($0) / 3 }, divisor: (0..<inputs).map { 1 / (Double($0) + 3) }),
        columnNames: random.element([
          nil, ColumnNames(inputs: (0..<inputs).map { "\"\($0)\", é" }, label: random.element(["kind", nil])),
        ]),
        settings: .members(["seed": .string("18446744073709551615"), "lr": .number(0.1)])))
  }

  @Test(arguments: seeds(25)) func whatIsSavedIsLoadedToTheLastBit(seed: Int) throws {
    let folder = try TemporaryFolder()
    func check<S: Real>(_ type: S.Type) throws {
      let model = model(type, seed: seed)
      try model.save("\(folder.path)/m.safetensors")
      let loaded = try Model<S>(contentsOf: "\(folder.path)/m.safetensors")
      #expect(bits(loaded.params) == bits(model.params) && loaded.description == model.description)
      #expect(folder.files == ["m.safetensors"])
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func theChecksumIsThatOfTheFile() throws {
    let folder = try TemporaryFolder()
    let model = model(Float.self, seed: 4)
    try model.save("\(folder.path)/m")
    let bytes = try readFile("\(folder.path)/m")
    let header = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(header % 8 == 0)
    #expect(crc32([Array(bytes[(8 + header)...])]) == Safetensors.crc32(of: model.params))
  }

  @Test func pythonsFilesAreRead() throws {
    let json = try JSON(parsing: readFile(fixture("python_scores.json")))
    let x = try #require(json["x"]?.arrayValue).compactMap(\.doubleValue)
    let scores = try #require(json["scores"]?.arrayValue).compactMap(\.doubleValue)
    let double = try Model<Double>(contentsOf: fixture("python_float64.safetensors"))
    let ours = forward(params: try #require(double.twoLayer), x: Tensor(shape: [5, 3], elements: x))
    #expect(zip(ours.elements, scores).allSatisfy { abs($0 - $1) < 1e-13 } && scores.count == 10)
    #expect(double.description == ModelDescription(classNames: ["0", "1"], inputShape: [3], scaling: .none))
    let float = try Model<Float>(contentsOf: fixture("python_float32.safetensors"))
    let (inFloat, inDouble) = (try #require(float.twoLayer).w1, try #require(double.twoLayer).w1)
    #expect(zip(inFloat.elements, inDouble.elements).allSatisfy { $0 == Float($1) })
    let converted = try Model<Float>(contentsOf: fixture("python_float64.safetensors"))
    #expect(converted.params == float.params)
    let file = try Safetensors(readFile(fixture("python_float32.safetensors")), file: "f")
    #expect(file.metadata == ["made by": "Python ✓"] && file.entries.count == 4)
    #expect(
      failure { _ = try Model<Float>(contentsOf: fixture("python_float16.safetensors")) }.contains(
        "tensor '0.bias': type F16 is not supported; F32, F64 and I64 are"))
  }

  /// A file of format version 1, kept for ever: later versions must read it.
  @Test func aFileOfVersionOneIsRead() throws {
    let model = try Model<Float>(contentsOf: fixture("version_1.safetensors"))
    let params = try #require(model.twoLayer)
    #expect(params.w1 == Tensor(rows: [[0.5, -1, 2], [1.5, 0.25, -0.75]]) && params.b1 == Tensor([0, 0.125, -3]))
    #expect(params.w2 == Tensor(rows: [[1, -1], [2, 0.5], [-0.5, 4]]) && params.b2 == Tensor([0.1, -0.1]))
    #expect(model.description == versionOne.description && model == versionOne)
    #expect(try readFile(fixture("version_1.safetensors")) == versionOneBytes())
  }

  private let versionOne = Model<Float>(
    params: Params(
      w1: Tensor(rows: [[0.5, -1, 2], [1.5, 0.25, -0.75]]), b1: Tensor([0, 0.125, -3]),
      w2: Tensor(rows: [[1, -1], [2, 0.5], [-0.5, 4]]), b2: Tensor([0.1, -0.1])),
    description: ModelDescription(
      classNames: ["no", "yes"], inputShape: [2], scaling: InputScaling(offset: [1, 2], divisor: [0.5, 3]),
      settings: .members(["dataset": .string("t.csv"), "seed": .string("7")])))

  /// What is written today.
  private func versionOneBytes() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try versionOne.save("\(folder.path)/m")
    return try readFile("\(folder.path)/m")
  }

  @Test func newerVersionsAreRefused() throws {
    let bytes = try readFile(fixture("version_1.safetensors"))
    let text = String(decoding: bytes, as: UTF8.self).utf8
    let place = try #require(Array(text).firstRange(of: Array(#""format_version":"1""#.utf8)))
    var newer = bytes
    newer[place.upperBound - 2] = UInt8(ascii: "5")
    #expect(
      failure { _ = try Model<Float>(Safetensors(newer, file: "m")) }
        == "m: format version 5 is newer than this program, which reads versions 1 to 4")
  }

  @Test(arguments: [Float.nan, .infinity]) func numbersThatAreNotFiniteAreRefused(number: Float) throws {
    let folder = try TemporaryFolder()
    let sound = try #require(versionOne.twoLayer)
    let params = Params(w1: sound.w1, b1: Tensor([0, number, 0]), w2: sound.w2, b2: sound.b2)
    try Model(params: params, description: versionOne.description).save("\(folder.path)/m")
    #expect(
      failure { _ = try Model<Float>(contentsOf: "\(folder.path)/m") }.hasSuffix(
        "tensor '0.bias': holds infinities or what is not a number"))
  }

  @Test func everyCutIsAnError() throws {
    let bytes = try versionOneBytes()
    for length in 0..<bytes.count {
      #expect(
        failure { _ = try Model<Float>(Safetensors(Array(bytes[..<length]), file: "m")) }.hasPrefix("m: "),
        "cut at \(length)")
    }
    #expect(failure { _ = try Safetensors(bytes + [0], file: "m") }.contains("1 bytes follow the last tensor"))
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "there is no tensor '0.weight'"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
      "tensor 'a': shape [2] of F32 does not take the 4 bytes it has"
    ),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "tensor 'a': the header has no proper shape"),
    (#"{"a":{"dtype":"F32","shape":[1e30],"data_offsets":[0,4]}}"#, "tensor 'a': the header has no proper shape"),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, "does not take the 4 bytes"),
    (#"{"a":{"dtype":"F32","shape":[1152921504606846975,0],"data_offsets":[0,0]}}"#, "4 bytes follow the last tensor"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "no proper data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, "the file is cut"),
    (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, "no dtype"),
    (#"{"__metadata__":{"a":1}}"#, "metadata 'a' is not a string"),
    (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}}"#, "begins at byte 2 of the data, expected 0"),
    ("[]", "the header is not an object"), ("{", "in the header"), (#"{"a":1,"a":2}"#, "occurs twice"),
  ])
  func headersThatLieAreErrors(header: String, message: String) {
    let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let found = failure { _ = try Model<Float>(Safetensors(size + header.utf8 + [0, 0, 0, 0], file: "m")) }
    #expect(found.contains(message), "\(found)")
  }

  @Test func aNetworkWhoseShapesDoNotFit() {
    struct Record: Parameters {
      let tensors: [(name: String, tensor: Tensor<Float>)]
      func traverse(_ visit: (String, Tensor<Float>) throws -> Tensor<Float>) rethrows -> Record {
        Record(tensors: try tensors.map { ($0.name, try visit($0.name, $0.tensor)) })
      }
      static func == (a: Record, b: Record) -> Bool { a.tensors.map(\.tensor) == b.tensors.map(\.tensor) }
    }
    func message(_ shapes: [(String, [Int])], metadata: KeyValuePairs<String, String> = [:]) -> String {
      let record = Record(tensors: shapes.map { ($0.0, .zeros($0.1)) })
      return failure { _ = try Model<Float>(Safetensors(Safetensors.bytes(of: record, metadata: metadata), file: "m")) }
    }
    let fitting = [("0.weight", [2, 3]), ("0.bias", [3]), ("2.weight", [3, 4]), ("2.bias", [4])]
    #expect(message(fitting) == "")
    #expect(message(fitting.dropLast()).contains("tensor '2.bias' of shape [4] is missing"))
    #expect(message(fitting + [("4.bias", [1])]).contains("tensor '4.bias' does not belong"))
    #expect(
      message([("0.weight", [2, 3]), ("0.bias", [2]), ("2.weight", [3, 4]), ("2.bias", [4])]).contains(
        "tensor '0.bias' has shape [2], expected [3], in the network 'linear(3) relu linear(4)'"))
    #expect(
      message([("0.weight", [2]), ("0.bias", [2]), ("2.weight", [3, 4]), ("2.bias", [4])]).contains(
        "tensor '0.weight': 1 dimensions"))
    #expect(message(fitting, metadata: ["class_names": "[\"a\",\"b\"]"]).contains("metadata 'class_names'"))
    #expect(message(fitting, metadata: ["class_names": "[\"a\",\"b\",\"c\",\"a\"]"]).contains("metadata 'class_names'"))
    #expect(
      message(fitting, metadata: ["input_shape": "[9223372036854775807,2]"]).contains(
        "the network takes 2 inputs, not samples of shape [9223372036854775807, 2]"))
    #expect(
      message(fitting, metadata: ["input_scaling": "{\"offset\":[0],\"divisor\":[0]}"]).contains(
        "metadata 'input_scaling'"))
    #expect(message(fitting, metadata: ["settings": "{"]).contains("metadata 'settings'"))
  }
}

@Suite struct WrittenFiles {
  @Test func aFileIsReplacedWhole() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/f"
    try writeFile(path, [1, 2, 3])
    try writeFile(path, [4])
    #expect(try readFile(path) == [4] && folder.files == ["f"])
    try writeFile(path, [])
    #expect(try readFile(path) == [])
  }

  @Test func failuresLeaveNothingBehind() throws {
    let folder = try TemporaryFolder()
    #expect(
      failure { try writeFile("\(folder.path)/none/f", [1]) }.contains(
        "none/f: cannot be written: no such file or directory"))
    #expect(failure { try writeFile(folder.path, [1]) }.contains("this is a folder, not a file"))
    #expect(failure { _ = try readFile(folder.path) }.contains("this is a folder, not a file"))
    #expect(failure { _ = try readFile("\(folder.path)/f") }.contains("f: no such file or directory"))
    #expect(folder.files == [])
  }

  @Test func aDeviceIsWrittenToAndStaysOne() throws {
    try writeFile("/dev/null", [1, 2, 3])
    #expect(try readFile("/dev/null") == [])
  }
}
