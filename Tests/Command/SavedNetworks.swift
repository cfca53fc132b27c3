import Foundation
import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Every network that trains is saved, read, evaluated, predicted with, summarised and exported.
@Suite struct SavedNetworks {
  @Test(arguments: [
    ("linear(8) relu linear(1)", "binary_cross_entropy", "float"), ("linear(1)", "binary_cross_entropy", "double"),
    ("linear(4) batchnorm1d tanh linear(1)", "binary_cross_entropy", "float"),
    ("linear(8) relu linear(2)", "mean_squared", "double"), ("two-layer", "cross_entropy", "float"),
    ("linear(3) gelu layernorm linear(2)", "huber", "float"),
  ]) func whatTrainsIsUsed(network: String, loss: String, precision: String) throws {
    let folder = try TemporaryFolder()
    let (data, model) = ("\(folder.path)/data.csv", "\(folder.path)/m.safetensors")
    let rows = (0..<40).map { "\($0 % 9),\($0 % 7),\($0 % 2 == 0 ? $0 : -$0)" }
    try writeText(zip(rows, rows.indices).map { "\($0),\($1 % 2)" }.joined(separator: "\n"), data)
    func run(_ arguments: String..., input: String? = nil) throws -> Outcome {
      let result = try functionalNet(arguments, input: input)
      #expect(result.code == 0, "\(network) with \(loss): \(result)")
      return result
    }
    let training = try run(
      "--dataset", data, "--network", network, "--loss", loss, "--precision", precision, "--epochs", "3", "--seed", "2",
      "--save", model, "--json", "--quiet", "--checkpoint", "\(folder.path)/run")
    let end = try #require(try training.json().last)
    for file in [model, "\(folder.path)/run"] {
      let evaluation = try #require(try run("evaluate", file, "--json").json().first)
      #expect(evaluation["accuracy"] == end["test_accuracy"] && evaluation["loss"] != nil)
    }
    let input = rows.joined(separator: "\n") + "\n"
    let predictions = try run("predict", model, input: input).output
    #expect(predictions.split(separator: "\n").count == 41 && predictions.hasPrefix("prediction,0,1\n"))
    #expect(try run("summary", model).output.contains("total"))
    for ending in ["onnx", "npz", "safetensors"] {
      _ = try run("export", model, "--to", "\(folder.path)/x.\(ending)", "--quiet")
    }
    let notation = try #require(Safetensors(readFile(model), file: model).notation)
    let plain = try run(
      "evaluate", "\(folder.path)/x.safetensors", "--network", notation, "--input_shape", "3", "--dataset", data,
      "--json")
    #expect(try plain.json().first?["samples"] == .integer(40))
  }

  /// A network is measured with the loss that its file names, if that suits its outputs, and otherwise never stops the program.
  @Test(
    arguments: [
      ("binary_cross_entropy", nil), ("a loss of one's own", nil),
      ("cross_entropy", "its settings name the loss cross_entropy, which needs two outputs or more"),
    ] as [(String, String?)]) func theLossOfAFileFitsItsOutputs(loss: String, error: String?) throws
  {
    let folder = try TemporaryFolder()
    let (data, path) = ("\(folder.path)/data.csv", "\(folder.path)/m.safetensors")
    try writeText("a,b,class\n-1,2,no\n3,1,yes\n-2,-5,no\n1,1,yes\n", data)
    let params = Stack<Float>([Linear<Float>.Params(weight: Tensor(rows: [[1], [0]]), bias: Tensor([0]))])
    let model = Model(
      network: Sequential<Float> { Linear(1) }, params: params, state: Stack([Empty<Float>()]),
      description: ModelDescription(
        classNames: ["no", "yes"], inputShape: [2], scaling: .none, settings: .members(["loss": .string(loss)])))
    try model.save(path)
    let result = try functionalNet(["evaluate", path, "--dataset", data, "--json"])
    if let error {
      #expect(result.code == 1 && result.errors.contains(error), "\(result)")
    } else {
      #expect(try result.code == 0 && result.json().first?["accuracy"]?.doubleValue == 1, "\(result)")
    }
  }
}
