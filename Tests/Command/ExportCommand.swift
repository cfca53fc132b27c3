import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct ExportCommand {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = "\(folder.path)/model.safetensors"
  }

  private func train(_ more: [String] = []) throws {
    let result = try functionalNet(
      ["--dataset", "xor", "--epochs", "3", "--seed", "4", "--quiet", "--save", model] + more)
    #expect(result.code == 0, "\(result)")
  }

  private func export(_ name: String, _ more: [String] = []) throws -> Outcome {
    try functionalNet(["export", model, "--to", "\(folder.path)/\(name)"] + more)
  }

  /// What the command writes is what the library writes, and the same every time.
  @Test(arguments: ["float", "double"]) func everyFormatIsWritten(precision: String) throws {
    try train(["--precision", precision, "--network", "linear(4) batchnorm1d relu linear(2)"])
    func check<S: Real>(_ type: S.Type) throws {
      let loaded = try Model<S>(contentsOf: model)
      let expected = [
        "m.onnx": try loaded.onnx(), "m.npz": NPZ.bytes(of: loaded.tensors),
        "m.safetensors": Safetensors.bytes(of: loaded.tensors, metadata: ["format": "pt"]),
      ]
      for (name, bytes) in expected {
        let result = try export(name)
        #expect(result.code == 0 && result.output == "" && result.errors.hasPrefix("wrote \(folder.path)/\(name): "))
        #expect(try readFile("\(folder.path)/\(name)") == bytes)
        #expect(result.errors.contains("rounded to Float") == (name == "m.onnx" && S.self == Double.self))
      }
    }
    if precision == "double" { try check(Double.self) } else { try check(Float.self) }
    let quiet = try export("M.ONNX", ["--quiet"])
    #expect(quiet.code == 0 && quiet.output == "" && quiet.errors == "")
    #expect(folder.files == ["M.ONNX", "m.npz", "m.onnx", "m.safetensors", "model.safetensors"])
  }

  @Test func scalingThatIsLeftOutIsSaid() throws {
    try train(["--dataset", "iris"])
    #expect(try export("m.npz").errors.contains("which takes scaled inputs; the scaling is not in the file"))
    #expect(try !export("m.onnx").errors.contains("scaling"))
  }

  @Test func aFileThatExistsStays() throws {
    try train()
    try writeText("mine", "\(folder.path)/m.onnx")
    let refused = try export("m.onnx")
    #expect(refused.code == 1 && refused.errors.contains("m.onnx: this file exists; --force writes over it"))
    #expect(try readFile("\(folder.path)/m.onnx") == Array("mine".utf8))
    #expect(try export("m.onnx", ["--force"]).code == 0)
    #expect(try readFile("\(folder.path)/m.onnx").count > 100)
    let before = try readFile(model)
    let itself = try export("../\(folder.path.split(separator: "/").last!)/model.safetensors", ["--force"])
    #expect(itself.code == 2 && itself.errors.contains("argument --to: this is the model itself"))
    #expect(try readFile(model) == before)
  }

  @Test func wrongUseIsExplained() throws {
    try train()
    let cases: [([String], Int32, String)] = [
      (["export"], 2, "the following arguments are required: MODEL"),
      (["export", model], 2, "the following arguments are required: --to"),
      (
        ["export", model, "--to", "m.pt"], 2, "argument --to: 'm.pt' has none of the endings .onnx, .npz, .safetensors"
      ),
      (["export", model, "--to", ".onnx"], 2, "has none of the endings"),
      (["export", model, "--to", "/no/such/folder/m.npz"], 1, "there is no folder /no/such/folder"),
      (["export", "nowhere", "--to", "\(folder.path)/m.npz"], 1, "nowhere: no such file or directory"),
      (
        ["export", model, "--to", "\(folder.path)/m.npz", "--network", "linear(3)"], 2,
        "says that its network is 'linear(100) relu linear(2)'"
      ),
      (
        ["export", model, "--to", "\(folder.path)/m.npz", "--input_shape", "1x2"], 2,
        "argument --input_shape: \(model) says that a sample is 2"
      ),
      (["predict", model, "--network", "linaer(3)"], 2, "did you mean linear?"),
      (["summary", model, "--classes", "3"], 2, "argument --classes: the model says it"),
    ]
    for (arguments, code, words) in cases {
      let result = try functionalNet(arguments)
      #expect(result.code == code && result.errors.contains(words) && result.output == "", "\(result)")
    }
    let same = try export("m.npz", ["--network", "linear( 100 ) relu linear(2)", "--input_shape", "2"])
    #expect(same.code == 0, "\(same)")
    #expect(folder.files == ["m.npz", "model.safetensors"])
  }
}

/// Files with tensors alone, which the flags say the network of.
@Suite struct StateDicts {
  private let network = "conv2d(3,kernel=2,padding=1) batchnorm2d relu flatten linear(10)"

  /// What is exported as a `state_dict` is, with the network named, the model again.
  @Test func whatIsExportedIsUsed() throws {
    let folder = try TemporaryFolder()
    let (model, tensors) = ("\(folder.path)/model.safetensors", "\(folder.path)/t.safetensors")
    // Inputs of 0 and 1 in two columns are not scaled; a residual needs no image.
    let network = "residual(linear(2) batchnorm1d gelu) linear(4) sigmoid linear(2)"
    _ = try functionalNet([
      "--dataset", "xor", "--epochs", "3", "--seed", "1", "--quiet", "--save", model, "--network", network,
    ])
    #expect(try functionalNet(["export", model, "--to", tensors, "--quiet"]).code == 0)
    let flags = ["--network", network, "--input_shape", "2"]
    for command in [["predict", "--dataset", "xor"], ["evaluate", "--dataset", "xor"], ["summary"]] {
      let expected = try functionalNet([command[0], model] + command.dropFirst())
      let found = try functionalNet([command[0], tensors] + command.dropFirst() + flags)
      #expect(found.code == 0 && found.errors.contains("note: ") == (command[0] != "summary"), "\(found)")
      #expect(found.output.replacing("class ", with: "") == expected.output.replacing("class ", with: ""))
    }
    let again = "\(folder.path)/again.onnx"
    #expect(try functionalNet(["export", tensors, "--to", again] + flags).code == 0)
    let original = try Model<Float>(contentsOf: model)
    let loaded = try Model<Float>(
      Safetensors(readFile(tensors), file: "t"), notation: network, inputShape: [2])
    #expect(loaded.tensors == original.tensors)
    #expect(try readFile(again) == loaded.onnx())
  }

  @Test func aNetworkThatDoesNotFitIsExplained() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/t.safetensors"
    let made = try Sequential<Float>(notation: network)
    let tensors = NetworkTensors(
      params: made.initialParams(for: [1, 4, 4], key: Key(1)), state: made.initialState(for: [1, 4, 4]))
    try writeFile(path, Safetensors.bytes(of: tensors, metadata: ["format": "pt"]))
    let cases: [([String], Int32, String)] = [
      ([], 1, "tensor '0.weight': 4 dimensions"), ([], 1, "; --network and --input_shape say what a file does not"),
      (["--network", network], 1, "there is no proper input_shape"),
      (["--network", network, "--input_shape", "3x3"], 1, "tensor '4.weight' has shape [10, 75], expected [10, 48]"),
      (["--network", network, "--input_shape", "4y4"], 2, "argument --input_shape: '4y4' is not a shape"),
      (["--network", "linear(3)"], 1, "there is no proper input_shape"),
    ]
    for (flags, code, words) in cases {
      let result = try functionalNet(["predict", path] + flags, input: "1,2\n")
      #expect(result.code == code && result.errors.contains(words) && result.output == "", "\(result)")
      #expect(result.errors.contains("say what a file does not") == flags.isEmpty)
    }
    let row = (1...16).map(String.init).joined(separator: ",")
    let result = try functionalNet(["predict", path, "--network", network, "--input_shape", "4x4"], input: row + "\n")
    #expect(result.code == 0 && result.output.hasPrefix("prediction,0,1,2,3,4,5,6,7,8,9\n"), "\(result)")
  }
}
