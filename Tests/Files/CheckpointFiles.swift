import Foundation
import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct CheckpointFiles {
  /// A run of some network with some optimizer, and its batches.
  private struct Run<S: Real> {
    let network: Sequential<S>
    let trainer: Trainer<Stack<S>>
    let batches: [Samples<S>]

    init(seed: Int) throws {
      var random = Random(seed: seed)
      let networks = [
        "linear(5) relu linear(3)", "linear(4) batchnorm1d tanh dropout(0.4) linear(3)",
        "residual(linear(4) gelu) layernorm linear(3)",
      ]
      let optimizers: [Optimizer<Stack<S>>] = [
        .sgd(lr: 0.1), .momentum(lr: 0.1), .nesterov(lr: 0.05), .adam(lr: 0.01), .rmsprop(lr: 0.01),
        .chain(.weightDecay(0.01), .adamW(lr: 0.01)), .sgd(lr: .constant(0.1).reducedOnPlateau(patience: 0)),
      ]
      network = try Sequential(notation: random.element(networks))
      trainer = try Trainer(
        network, sampleShape: [4], optimizer: random.element(optimizers), key: random.key())
      let samples = Samples<S>(x: random.normal([13, 4]), y: random.labels(13, classes: 3))
      batches = Array(samples.batches(of: 4, epochs: 0..<3, key: random.key()))
    }
  }

  /// A moment that was written down and read is the same to the last bit, and the rest of the fold is.
  private func check<S: Real>(_ type: S.Type, seed: Int) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/run"
    let run = try Run<S>(seed: seed)
    let (half, rest) = (run.batches.prefix(seed % 13), run.batches.dropFirst(seed % 13))
    let moment = half.reduce(run.trainer.start, run.trainer.next).noting(1 / 3).noting(0.1 + Double(seed))
    let best = seed % 2 == 0 ? nil : Checkpoint.Best(params: run.trainer.start.params, state: run.trainer.start.state)
    let checkpoint = Checkpoint(moment: moment, best: best, metadata: ["note": "a \"note\"\n", "run": "1"])
    try checkpoint.save(path)
    let read = try Checkpoint(contentsOf: path, like: run.trainer.start)
    #expect(read == checkpoint && bits(read.moment.params) == bits(moment.params))
    #expect(zip(read.moment.memory, moment.memory).allSatisfy { bits($0) == bits($1) })
    #expect(read.moment.memory.count == moment.memory.count && bits(read.moment.state) == bits(moment.state))
    let (whole, resumed) = (
      rest.reduce(moment, run.trainer.next), rest.reduce(read.moment, run.trainer.next)
    )
    #expect(resumed == whole && bits(resumed.params) == bits(whole.params))
    let bytes = try readFile(path)
    try read.save(path)
    #expect(try readFile(path) == bytes && folder.files == ["run"])
  }

  @Test(arguments: seeds(40)) func aMomentIsWrittenDownToTheLastBit(seed: Int) throws {
    try check(Float.self, seed: seed)
    try check(Double.self, seed: seed)
  }

  /// Records of one's own can be written down as well.
  @Test func soCanTheTwoLayerNetwork() throws {
    let folder = try TemporaryFolder()
    let trainer = Trainer(
      params: Params<Float>.initial(inputs: 3, hidden: 4, classes: 2, key: Key(1)), optimizer: .momentum(lr: 0.1))
    let samples = Samples<Float>(x: .normal([9, 3], key: Key(2)), y: [0, 1, 1, 0, 1, 0, 1, 1, 0])
    let moment = samples.batches(of: 2, key: Key(3)).reduce(trainer.start, trainer.next)
    try Checkpoint(moment: moment).save("\(folder.path)/c")
    let read = try Checkpoint(contentsOf: "\(folder.path)/c", like: trainer.start)
    #expect(read.moment == moment && read.best == nil && read.metadata.isEmpty)
  }

  @Test func aCheckpointIsAModelToo() throws {
    let folder = try TemporaryFolder()
    let run = try Run<Double>(seed: 2)
    let moment = run.batches.reduce(run.trainer.start, run.trainer.next)
    let metadata = ["network": run.network.notation, "input_shape": "[4]", "class_names": #"["a","b","c"]"#]
    try Checkpoint(moment: moment, metadata: metadata).save("\(folder.path)/c")
    let model = try Model<Double>(contentsOf: "\(folder.path)/c")
    #expect(model.params == moment.params && model.state == moment.state)
    #expect(model.network.notation == run.network.notation && model.description.classNames == ["a", "b", "c"])
    let best = Checkpoint.Best(params: run.trainer.start.params, state: run.trainer.start.state)
    try Checkpoint(moment: moment, best: best, metadata: metadata).save("\(folder.path)/c")
    #expect(try Model<Double>(contentsOf: "\(folder.path)/c").params == run.trainer.start.params)
  }

  // MARK: What does not fit

  private func trainer<S: Real>(
    _ type: S.Type, _ notation: String, _ optimizer: Optimizer<Stack<S>>
  ) throws -> Trainer<Stack<S>> {
    try Trainer(Sequential(notation: notation), sampleShape: [2], optimizer: optimizer, key: Key(1))
  }

  private func bytes(_ change: ([UInt8]) -> [UInt8] = { $0 }) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try Checkpoint(moment: try trainer(Float.self, "linear(2) relu linear(2)", .momentum(lr: 0.1)).start).save(
      "\(folder.path)/c")
    return change(try readFile("\(folder.path)/c"))
  }

  @Test func otherRunsAreRefused() throws {
    let file = try Safetensors(bytes(), file: "c")
    func message<S: Real>(_ type: S.Type, _ notation: String, _ optimizer: Optimizer<Stack<S>>) throws -> String {
      let start = try trainer(S.self, notation, optimizer).start
      return failure { _ = try Checkpoint(file, like: start) }
    }
    #expect(try message(Float.self, "linear(2) relu linear(2)", .momentum(lr: 0.5)) == "")
    #expect(
      try message(Float.self, "linear(3) relu linear(2)", .momentum(lr: 0.1))
        == "c: this is a checkpoint of another network or optimizer: tensor 'params.0.weight' has shape [2, 2], expected [2, 3]"
    )
    #expect(
      try message(Float.self, "linear(2) relu linear(2)", .sgd(lr: 0.1)).contains("'memory.0.0.bias' does not belong"))
    #expect(
      try message(Float.self, "linear(2) relu linear(2)", .adam(lr: 0.1)).contains(
        "'memory.1.0.weight' of shape [2, 2]"))
    #expect(
      try message(Double.self, "linear(2) relu linear(2)", .momentum(lr: 0.1)).contains(
        "tensor 'params.0.weight': type F32 in a run whose numbers are F64"))
    let model = try Safetensors(readFile(fixture("version_1.safetensors")), file: "m")
    let start = try trainer(Float.self, "linear(2) relu linear(2)", .sgd(lr: 0.1)).start
    #expect(
      failure { _ = try Checkpoint(model, like: start) }
        == "m: this is a saved network, which evaluate and predict take")
  }

  @Test(arguments: [
    (#"{\"step\":0"#, #"{\"step\":-1"#), (#"\"history\":[]"#, #"\"history\":[x]"#), (#"\"key\":\""#, #"\"key\":\"z"#),
    (#"\"history\":[]"#, #"\"history\":["a"]"#), (#"\"step\":0"#, #"\"stop\":0"#),
  ])
  func momentsThatLieAreErrors(text: String, lie: String) throws {
    let start = try trainer(Float.self, "linear(2) relu linear(2)", .momentum(lr: 0.1)).start
    let whole = try bytes()
    let header = String(decoding: whole[8..<8 + Int(whole[0]) + Int(whole[1]) << 8], as: UTF8.self)
    #expect(header.contains(text))
    let changed = Array(header.replacing(text, with: lie).utf8)
    let size = withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) }
    let damaged = size + changed + whole.dropFirst(8 + header.utf8.count)
    #expect(failure { _ = try Checkpoint(Safetensors(damaged, file: "c"), like: start) } != "")
  }

  @Test func everyCutIsAnError() throws {
    let start = try trainer(Float.self, "linear(2) relu linear(2)", .momentum(lr: 0.1)).start
    let whole = try bytes()
    for length in 0..<whole.count {
      let message = failure { _ = try Checkpoint(Safetensors(Array(whole[..<length]), file: "c"), like: start) }
      #expect(message.hasPrefix("c: "), "cut at \(length)")
    }
  }
}
