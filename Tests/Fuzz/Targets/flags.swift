import FunctionalNet
import FunctionalNetIO

@testable import functional_net

/// Words, the network they describe, and its shapes.
let memoryPerByte = 512

/// The words of a command line, one a line: whatever they are, settings come out of them or an error.
func fuzz(_ bytes: [UInt8]) {
  var words = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    .map(String.init)
  let syntax = commands.first { $0.name == words[0] } ?? trainSyntax
  if syntax.name == words[0] { words.removeFirst() }
  _ = chosenColor(words)
  do {
    let arguments = try Arguments(words, syntax: syntax)
    try settings(arguments)
  } catch let error as UsageError {
    law(!error.message.isEmpty, "an error says something")
  } catch {
    fatalError("broken law: \(error) is no error of usage")
  }
}

private func settings(_ arguments: Arguments) throws {
  switch arguments.syntax.name {
  case "train":
    let settings = try TrainSettings(arguments)
    _ = try arguments.integer("threads", in: 1...256)
    try law(
      try resumed(settings).json.description == settings.json.description, "a checkpoint remembers \(settings.json)")
    let rate = settings.learning.rate(
      epochs: settings.epochs, stepsPerEpoch: (1437 - 1) / settings.batchSize + 1)
    let optimizer: Optimizer<Params<Float>> = settings.learning.optimizer(rate: rate)
    let params = Params<Float>.initial(inputs: 1, hidden: 1, classes: 1, key: Key(1))
    _ = optimizer.update(params, optimizer.initial(params), params, FunctionalNet.Progress(step: 1 << 40))
    try check(settings.network, loss: settings.learning.loss)
  case "check-gradients":
    try check(NetworkSettings(arguments), loss: arguments.text("loss")!)
    _ = try arguments.integer("batch_size", in: 1...Int.max)
    _ = try arguments.number("tolerance", "more than 0") { $0 > 0 }
    _ = try arguments.integer("worst", in: 1...1_000_000)
    _ = try arguments.seed()
  case "summary" where arguments.positional.isEmpty: try summaryCommand(arguments)
  case "evaluate", "predict":
    _ = try arguments.tableOptions()
    if arguments.syntax.name == "evaluate" { _ = try arguments.number("min_accuracy", "0 to 1") { $0 <= 1 } }
  default: break
  }
}

/// The settings that a run goes on with whose checkpoint has these.
private func resumed(_ settings: TrainSettings) throws -> TrainSettings {
  let texts = JSON.members(["settings": .string(settings.json.description)])
  let header = Array(JSON.members(["__metadata__": texts]).description.utf8)
  let bytes = (0..<8).map { UInt8(header.count >> (8 * $0) & 255) } + header
  return try TrainSettings(
    checkpoint: Safetensors(bytes, file: "f"), overriddenBy: Arguments(["f"], syntax: resumeSyntax))
}

private func check(_ settings: NetworkSettings, loss: String) throws {
  for shape in [[4], [8, 8], [3, 32, 32]] {
    let (network, sampleShape) = try settings.network(Float.self, inputShape: shape, classes: 10, loss: loss)
    law(network.size(for: sampleShape).parameters <= 1_000_000_000, "a billion parameters at most")
  }
}
