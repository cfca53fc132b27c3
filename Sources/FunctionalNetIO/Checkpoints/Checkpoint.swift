import FunctionalNet

/// A training run written down, so that it can go on as if it had never stopped: its moment, and the best parameters so far
/// where the run keeps them.
///
///     try Checkpoint(moment: moment).save("run.checkpoint")
///     let moment = try Checkpoint(contentsOf: "run.checkpoint", like: trainer.start).moment
///     let trained = batches.dropFirst(moment.step).reduce(moment, trainer.next)
///
/// The file is safetensors. Its tensors are called `params.…`, `state.…` (what layers remember), `memory.0.…` (what the
/// optimizer remembers), `best.params.…` and `best.state.…`; step, loss, key and history are in the metadata.
public struct Checkpoint<P: Parameters>: Sendable {
  public let moment: Moment<P>
  public let best: Best?

  /// Texts of whoever wrote it, under names.
  public let metadata: [String: String]

  /// What a run gives back when what came later was worse.
  public struct Best: Equatable, Sendable {
    public let params: P
    public let state: Stack<P.Scalar>

    public init(params: P, state: Stack<P.Scalar>) { (self.params, self.state) = (params, state) }
  }

  public init(moment: Moment<P>, best: Best? = nil, metadata: [String: String] = [:]) {
    (self.moment, self.best, self.metadata) = (moment, best, metadata)
  }

  /// Writes the checkpoint whole or not at all: what was under this path before is there until all of it is on the disk.
  public func save(_ path: String) throws(FileError) {
    let own = [
      ("format", checkpointFormat), ("format_version", "1"),
      (
        "moment",
        JSON.members([
          "step": .integer(moment.step), "loss": moment.loss.map { .number(Double($0)) } ?? .null,
          "key": .string(String(moment.key.seed, radix: 16)), "history": .array(moment.history.map { .number($0) }),
        ]).description
      ),
    ]
    let texts = metadata.filter { text in !own.contains { $0.0 == text.key } }.sorted { $0.key < $1.key }
    let record = CheckpointTensors(moment, best)
    try writeFile(path, Safetensors.bytes(of: record, metadata: own + texts.map { ($0.key, $0.value) }))
  }
}

extension Checkpoint: Equatable {
  public static func == (a: Checkpoint, b: Checkpoint) -> Bool {
    a.moment == b.moment && a.best == b.best && a.metadata == b.metadata
  }
}

// MARK: Reading

extension Checkpoint {
  /// The checkpoint of a file.
  ///
  /// - Parameter start: the first moment of the run, for the shapes of everything.
  /// - Throws: `FileError` where the file is no checkpoint, or one of a run with other parameters, or with an optimizer that remembers
  ///   another number of records.
  public init(contentsOf path: String, like start: Moment<P>) throws(FileError) {
    try self.init(Safetensors(try readFile(path), file: path), like: start)
  }

  public init(_ file: Safetensors, like start: Moment<P>) throws(FileError) {
    let name = file.file
    try file.checkCheckpoint()
    let type = P.Scalar.self == Float.self ? "F32" : "F64"
    if let other = file.entries.first(where: { ![type, "I64"].contains($0.type) }) {
      throw FileError(name, .tensor(other.name), "type \(other.type) in a run whose numbers are \(type)")
    }
    let tensors: [String: Tensor<P.Scalar>] = try file.tensors()
    try requireFinite(tensors, file: name)
    let hasBest = tensors.keys.contains { $0.hasPrefix("best.") }
    let template = CheckpointTensors(start, hasBest ? Best(params: start.params, state: start.state) : nil)
    let loaded: CheckpointTensors<P>
    do throws(ParametersMismatch) { loaded = try template.loading(tensors) } catch {
      throw FileError(name, nil, "this is a checkpoint of another network or optimizer: \(error)")
    }
    guard let text = file.metadata["moment"], let json = try? JSON(parsing: text.utf8),
      let step = json["step"]?.integerValue, 0 <= step, step < 1 << 62,
      let key = json["key"]?.stringValue.flatMap({ UInt64($0, radix: 16) }),
      let history = json["history"]?.arrayValue?.compactMap(\.doubleValue),
      history.count == json["history"]?.arrayValue?.count
    else { throw FileError(name, nil, "there is no proper 'moment' in the metadata") }
    let moment = Moment(
      params: loaded.params, memory: loaded.memory, state: loaded.state, key: Key(key), step: step,
      loss: json["loss"]?.doubleValue.map { P.Scalar($0) }, history: history)
    let own = ["format", "format_version", "moment"]
    self.init(moment: moment, best: loaded.best, metadata: file.metadata.filter { !own.contains($0.key) })
  }
}

let checkpointFormat = "functional-net-checkpoint"

extension Safetensors {
  /// Whether this is the checkpoint of a training run.
  public var isCheckpoint: Bool { metadata["format"] == checkpointFormat }

  /// - Throws: `FileError` where this is no checkpoint, or one of a later version.
  public func checkCheckpoint() throws(FileError) {
    guard isCheckpoint else {
      let isModel = metadata["format"] == "functional-net"
      let what = isModel ? "a saved network, which evaluate and predict take" : "no checkpoint of a training run"
      throw FileError(file, nil, "this is \(what)")
    }
    guard metadata["format_version"] == "1" else {
      let version = metadata["format_version"] ?? "none"
      throw FileError(file, nil, "checkpoint version \(version) is newer than this program, which reads version 1")
    }
  }

  /// Of a checkpoint the model that its run would give back now: the best one, if it keeps that. Other files stay as they are.
  public var model: Safetensors {
    guard isCheckpoint else { return self }
    let best = entries.contains { $0.name.hasPrefix("best.") } ? "best." : ""
    let parts = ["\(best)params.", "\(best)state."]
    let chosen = entries.compactMap { entry in
      parts.first(where: entry.name.hasPrefix).map { part in
        Entry(
          name: String(entry.name.dropFirst(part.count)), type: entry.type, shape: entry.shape, range: entry.range)
      }
    }
    let metadata = metadata.merging(["format": "functional-net", "format_version": "3"]) { $1 }
    return Safetensors(metadata: metadata, entries: chosen, data: data, file: file)
  }
}

/// All tensors of a checkpoint under their names.
private struct CheckpointTensors<P: Parameters>: Parameters {
  let params: P
  let state: Stack<P.Scalar>
  let memory: [P]
  let best: Checkpoint<P>.Best?

  init(_ moment: Moment<P>, _ best: Checkpoint<P>.Best?) {
    self.init(params: moment.params, state: moment.state, memory: moment.memory, best: best)
  }

  private init(params: P, state: Stack<P.Scalar>, memory: [P], best: Checkpoint<P>.Best?) {
    (self.params, self.state, self.memory, self.best) = (params, state, memory, best)
  }

  func traverse(
    _ visit: (String, Tensor<P.Scalar>) throws -> Tensor<P.Scalar>
  ) rethrows -> CheckpointTensors {
    CheckpointTensors(
      params: try params.traverse { try visit("params.\($0)", $1) },
      state: try state.traverse { try visit("state.\($0)", $1) },
      memory: try memory.enumerated().map { place, record in
        try record.traverse { try visit("memory.\(place).\($0)", $1) }
      },
      best: try best.map { best in
        Checkpoint<P>.Best(
          params: try best.params.traverse { try visit("best.params.\($0)", $1) },
          state: try best.state.traverse { try visit("best.state.\($0)", $1) })
      })
  }
}
