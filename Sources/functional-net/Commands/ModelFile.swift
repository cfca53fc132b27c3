import FunctionalNet
import FunctionalNetIO

/// The model file of a command, with what the flags say of its network where the file does not.
struct ModelFile {
  let path: String
  private let file: Safetensors
  private let notation: String?
  private let inputShape: [Int]?

  /// - Throws: `UsageError` where the flags and the file say different things.
  init(_ arguments: Arguments) throws {
    path = arguments.positional
    notation = arguments.isGiven("network") ? arguments.text("network") : nil
    inputShape = arguments.isGiven("input_shape") ? try arguments.inputShape() : nil
    var canonical: String?
    if let notation {
      do throws(NotationError) { canonical = try Sequential<Float>(notation: notation).notation } catch {
        let advice = error.unknownName.map { didYouMean($0, layerNames, prefix: "") } ?? ""
        throw UsageError("argument --network: \(error)\(advice)")
      }
    }
    file = try Safetensors(try readFile(path), file: path).model
    if let canonical, let own = file.notation,
      canonical != (try? Sequential<Float>(notation: own).notation) ?? own
    {
      throw UsageError("argument --network: \(path) says that its network is '\(own)'")
    }
    if let inputShape, let own = file.inputShape, inputShape != own {
      throw UsageError(
        "argument --input_shape: \(path) says that a sample is \(own.map(String.init).joined(separator: "x"))")
    }
  }

  /// Whether the model is to be computed with in Double.
  var isDouble: Bool { file.entries.contains { $0.type == "F64" } }

  func model<S: Real>(_ type: S.Type) throws(FileError) -> Model<S> {
    do throws(FileError) { return try Model(file, notation: notation, inputShape: inputShape) } catch {
      let isOpen = file.notation == nil && notation == nil && inputShape == nil
      let advice = isOpen ? "; --network and --input_shape say what a file does not" : ""
      throw FileError(error.file, error.place, error.message + advice)
    }
  }

  /// The model, whose outputs stand for classes.
  ///
  /// - Throws: `Failure` where the outputs are numbers that stand for no classes.
  func classifier<S: Real>(_ type: S.Type) throws -> Model<S> {
    let model = try model(S.self)
    guard !model.description.classNames.isEmpty else {
      throw Failure.file("\(path): the outputs of this network are numbers, not classes")
    }
    return model
  }

  /// Says where a file from elsewhere leaves open what its network expects.
  func noteMissingScaling() {
    if file.metadata["input_scaling"] == nil {
      Stream.error.line("note: \(path) does not say how inputs are scaled; they are left as they are")
    }
  }
}

extension Arguments {
  /// The shape that `--input_shape` has, such as `28x28`.
  func inputShape() throws(UsageError) -> [Int]? {
    guard let text = text("input_shape") else { return nil }
    let parts = text.split(omittingEmptySubsequences: false, whereSeparator: { "x×,".contains($0) }).map(String.init)
    let lengths = parts.compactMap { Int($0) }
    guard !parts.isEmpty, lengths.count == parts.count, lengths.count <= 3,
      lengths.allSatisfy({ 1 <= $0 && $0 <= 1_000_000 })
    else { throw UsageError("argument --input_shape: '\(text)' is not a shape such as 784, 28x28 or 3x32x32") }
    return lengths
  }
}
