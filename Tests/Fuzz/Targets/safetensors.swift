import FunctionalNet
import FunctionalNetIO
import Glibc

/// The header's values, and each tensor in Double, turned.
let memoryPerByte = 256

/// Whatever is read is written to a file that gives the same: the list of tensors, and whole models in both precisions.
func fuzz(_ bytes: [UInt8]) {
  guard let file = try? Safetensors(bytes, file: "f") else { return }
  let again = try? Safetensors(rewritten(file), file: "f")
  law(again?.entries == file.entries && again?.data == file.data, "the same tensors again")
  law(again?.metadata == file.metadata, "the same metadata again")
  check(file, Float.self)
  check(file, Double.self)
}

private func rewritten(_ file: Safetensors) -> [UInt8] {
  var members = [
    JSON.Member(name: "__metadata__", value: .object(file.metadata.map { .init(name: $0, value: .string($1)) }))
  ]
  for entry in file.entries {
    members.append(
      .init(
        name: entry.name,
        value: .members([
          "dtype": .string(entry.type), "shape": .array(entry.shape.map { .integer($0) }),
          "data_offsets": .array([.integer(entry.range.lowerBound), .integer(entry.range.upperBound)]),
        ])))
  }
  let header = Array(JSON.object(members).description.utf8)
  return (0..<8).map { UInt8(header.count >> (8 * $0) & 255) } + header + file.data
}

private func check<S: Real>(_ file: Safetensors, _ type: S.Type) {
  _ = try? file.tensors(S.self)
  for notation in [nil, "linear(3) relu linear(2)", "conv2d(1,kernel=1) batchnorm2d flatten linear(2)"] {
    guard let model = try? Model<S>(file, notation: notation, inputShape: [1, 2, 2]) else { continue }
    let inputs = model.description.inputShape.reduce(1, *)
    law(model.tensors.named.allSatisfy { $0.tensor.elements.allSatisfy(\.isFinite) }, "parameters are finite")
    guard model.tensors.count < 10_000, inputs < 10_000 else { continue }
    let path = String(cString: getenv("FUZZ_FILE"))
    do { try model.save(path) } catch { fatalError("broken law: \(error)") }
    law((try? Model<S>(contentsOf: path)) == model, "the same model again")
    law((try? model.probabilities(.numbers(Array(repeating: 1, count: inputs)))) != nil, "a model predicts")
  }
}
