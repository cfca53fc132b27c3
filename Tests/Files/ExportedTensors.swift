import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Tensors alone, going out and coming in.
@Suite struct ExportedTensors {
  private let notation = "conv2d(2) batchnorm2d relu flatten linear(3)"

  private func model<S: Real>(_ type: S.Type) throws -> Model<S> {
    let network = try Sequential<S>(notation: notation)
    return Model(
      network: network, params: network.initialParams(for: [1, 4, 4], key: Key(1)),
      state: network.initialState(for: [1, 4, 4]),
      description: ModelDescription(
        classNames: ["a", "b", "c"], inputShape: [4, 4], scaling: InputScaling(offset: [1], divisor: [2])))
  }

  @Test func theEndingIsTheFormat() {
    #expect(ExportFormat(path: "a/b.onnx") == .onnx && ExportFormat(path: "m.NPZ") == .npz)
    #expect(ExportFormat(path: "m.npz.safetensors") == .safetensors && ExportFormat(path: "./m.onnx") == .onnx)
    for path in ["", "onnx", ".onnx", "a/.onnx", "a.onnx/b", "m.onnx ", "m.", "m.pt"] {
      #expect(ExportFormat(path: path) == nil, "\(path)")
    }
  }

  /// The `state_dict` has the bytes of the saved model, and says nothing of it.
  @Test func aStateDictHasTheTensorsAlone() throws {
    let folder = try TemporaryFolder()
    func check<S: Real>(_ type: S.Type) throws {
      let model = try model(S.self)
      try model.save("\(folder.path)/model")
      try model.export(.safetensors, to: "\(folder.path)/exported")
      let saved = try Safetensors(readFile("\(folder.path)/model"), file: "model")
      let exported = try Safetensors(readFile("\(folder.path)/exported"), file: "exported")
      #expect(exported.entries == saved.entries && exported.data == saved.data)
      #expect(exported.metadata == ["format": "pt"] && exported.notation == nil && exported.inputShape == nil)
      #expect(saved.notation == notation && saved.inputShape == [4, 4])
      #expect(
        exported.entries.map { "\($0.name) \($0.type) \($0.shape)" }.sorted() == [
          "0.bias \(S.self == Float.self ? "F32" : "F64") [2]",
          "0.weight \(S.self == Float.self ? "F32" : "F64") [2, 1, 3, 3]",
          "1.bias \(S.self == Float.self ? "F32" : "F64") [2]", "1.num_batches_tracked I64 []",
          "1.running_mean \(S.self == Float.self ? "F32" : "F64") [2]",
          "1.running_var \(S.self == Float.self ? "F32" : "F64") [2]",
          "1.weight \(S.self == Float.self ? "F32" : "F64") [2]", "4.bias \(S.self == Float.self ? "F32" : "F64") [3]",
          "4.weight \(S.self == Float.self ? "F32" : "F64") [3, 8]",
        ])
      let loaded = try Model<S>(exported, notation: notation, inputShape: [4, 4])
      #expect(bits(loaded.tensors) == bits(model.tensors))
      #expect(loaded.description == ModelDescription(classNames: ["0", "1", "2"], inputShape: [4, 4], scaling: .none))
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func anArchiveHasTheSameArrays() throws {
    let folder = try TemporaryFolder()
    let model = try model(Float.self)
    try model.export(.npz, to: "\(folder.path)/m.npz")
    let archive = try NPZ(readFile("\(folder.path)/m.npz"), file: "m")
    #expect(archive.names == model.tensors.named.map(\.name))
    #expect(archive.summary("4.weight") == "[3, 8] float32" && archive.summary("1.num_batches_tracked") == "[] int64")
    let weight = try #require(model.tensors.named.first { $0.name == "4.weight" }).tensor
    #expect(
      try archive.array("4.weight").elements == .numbers(weight.transposed.copy().elements.map { Double($0) }))
  }

  // MARK: Coming in

  private func bytes(_ notation: String, _ shape: [Int]) throws -> Safetensors {
    let network = try Sequential<Float>(notation: notation)
    let tensors = NetworkTensors(
      params: network.initialParams(for: shape, key: Key(1)), state: network.initialState(for: shape))
    return try Safetensors(Safetensors.bytes(of: tensors, metadata: [:]), file: "m")
  }

  @Test func twoLayersTakeTheShapeThatIsGiven() throws {
    let notation = "linear(4) relu linear(3)"
    let file = try bytes(notation, [6])
    #expect(try Model<Float>(file).description.inputShape == [6])
    #expect(try Model<Float>(file, inputShape: [2, 3]).description.inputShape == [2, 3])
    #expect(try Model<Float>(file, notation: notation, inputShape: [3, 2]).description.inputShape == [3, 2])
    for shape in [[2, 4], [0], [], [-2, -3], [1 << 62, 4]] {
      #expect(
        failure { _ = try Model<Float>(file, inputShape: shape) }
          == "m: the network takes 6 inputs, not samples of shape \(shape)")
    }
    #expect(
      failure { _ = try Model<Float>(file, notation: "linear(5) relu linear(3)") }
        == "m: tensor '0.weight' has shape [4, 6], expected [5, 6], in the network 'linear(5) relu linear(3)'")
  }

  /// A weight says how long vectors are; what images are like, nothing says.
  @Test func vectorsNeedNoShape() throws {
    let notation = "linear(4) tanh linear(3) batchnorm1d linear(2)"
    let model = try Model<Float>(bytes(notation, [6]), notation: notation)
    #expect(model.description.inputShape == [6] && model.network.notation == notation)
    let file = try bytes(self.notation, [1, 4, 4])
    #expect(
      failure { _ = try Model<Float>(file, notation: self.notation) }
        == "m: there is no proper input_shape for the network '\(self.notation)'")
  }
}
