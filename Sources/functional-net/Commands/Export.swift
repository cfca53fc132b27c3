import FunctionalNet
import FunctionalNetIO

/// `functional-net export`: a saved network for other programs.
func exportCommand(_ arguments: Arguments) throws {
  guard let target = arguments.text("to") else { throw UsageError("the following arguments are required: --to") }
  guard let format = ExportFormat(path: target) else {
    let endings = ExportFormat.allCases.map { ".\($0)" }.joined(separator: ", ")
    throw UsageError("argument --to: '\(target)' has none of the endings \(endings)")
  }
  if isSameFile(target, arguments.positional) {
    throw UsageError("argument --to: this is the model itself, of which less would be left")
  }
  try checkWritable(target, mayReplace: arguments.isGiven("force"))
  let file = try ModelFile(arguments)
  let written =
    file.isDouble
    ? try export(file.model(Double.self), format, to: target) : try export(file.model(Float.self), format, to: target)
  if arguments.isGiven("quiet") { return }
  if format.keepsScaling { file.noteMissingScaling() }
  Stream.error.line("wrote \(target): \(written)")
}

/// Writes a model and says what is in the file.
private func export<S: Real>(_ model: Model<S>, _ format: ExportFormat, to path: String) throws -> String {
  try model.export(format, to: path)
  let tensors = "\(model.tensors.named.count) tensors of the network '\(model.network.notation)'"
  switch format {
  case .onnx:
    let shape = ["batch"] + model.description.inputShape.map(String.init)
    let order = shape.count == 4 ? " (channels first, also where the data has them last)" : ""
    let precision = S.self == Float.self ? "" : ", rounded to Float"
    return "the network '\(model.network.notation)' for inputs [\(shape.joined(separator: ", "))]\(order)\(precision)"
  case .npz, .safetensors:
    return model.description.scaling == .none
      ? tensors : "\(tensors), which takes scaled inputs; the scaling is not in the file"
  }
}

extension ExportFormat {
  /// Whether such a file has the scaling of the inputs in it.
  fileprivate var keepsScaling: Bool { self == .onnx }
}
