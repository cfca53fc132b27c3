import Foundation
import FunctionalNetIO
import TestSupport
import Testing

/// Runs that stop and go on give, byte for byte, the network of a run that did not stop.
@Suite struct Resume {
  private let folder: TemporaryFolder
  private let checkpoint: String
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    checkpoint = "\(folder.path)/run"
    model = "\(folder.path)/model"
  }

  /// Flags of runs that differ in what they have to remember.
  static let runs: [[String]] = [
    ["--hidden_neurons", "8", "--batch_size", "7"],
    ["--optimizer", "adam", "--network", "linear(6) relu dropout(0.3) linear(3)", "--precision", "double"],
    ["--optimizer", "nesterov", "--network", "linear(6) batchnorm1d tanh linear(3)", "--schedule", "plateau(0,0.5)"],
    ["--patience", "2", "--lr", "0.3", "--schedule", "step(2,0.5)", "--weight_decay", "0.001"],
    ["--patience", "1", "--optimizer", "adam", "--network", "linear(6) batchnorm1d relu dropout(0.2) linear(3)"],
  ]

  /// The bytes of the network of a whole run.
  private func whole(_ flags: [String], epochs: Int) throws -> [UInt8] {
    let path = "\(folder.path)/whole"
    let result = try functionalNet(flags + ["--epochs", "\(epochs)", "--quiet", "--save", path, "--force"])
    #expect(result.code == 0, "\(result)")
    return try readFile(path)
  }

  @Test(arguments: runs) func moreEpochsGoOn(flags: [String]) throws {
    let flags = ["--dataset", "iris", "--seed", "5"] + flags
    let first = try functionalNet(flags + ["--epochs", "4", "--quiet", "--checkpoint", checkpoint, "--save", model])
    #expect(first.code == 0 && folder.files == ["model", "run"])
    let second = try functionalNet(["resume", checkpoint, "--epochs", "9", "--json", "--quiet", "--threads", "1"])
    #expect(second.code == 0, "\(second)")
    #expect(try readFile(model) == whole(flags, epochs: 9))
    let unbroken = try functionalNet(flags + ["--epochs", "9", "--json", "--quiet"])
    #expect(try second.json().last == unbroken.json().last)
    // The end of the run is written down as well: nothing is left to do, and the same is said.
    let again = try functionalNet(["resume", checkpoint, "--json", "--quiet"])
    #expect(try again.code == 0 && again.json().last == second.json().last)
    #expect(try readFile(model) == whole(flags, epochs: 9))
  }

  /// Kills the program when it has said a random number of lines, and a little later, until it has come to its end a few times.
  @Test(arguments: runs) func anyKillIsSurvived(flags: [String]) throws {
    let flags = ["--dataset", "iris", "--seed", "6"] + flags
    let expected = try whole(flags, epochs: 40)
    var random = Random(seed: flags.count)
    var kills = 0
    while kills < 7 {
      try? FileManager.default.removeItem(atPath: checkpoint)
      try? FileManager.default.removeItem(atPath: model)
      var isDone = false
      while !isDone {
        let process = Process()
        process.executableURL = functionalNetBinary
        process.arguments =
          FileManager.default.fileExists(atPath: checkpoint)
          ? ["resume", checkpoint, "--quiet", "--json", "--checkpoint_seconds", "0.001"]
          : flags + [
            "--epochs", "40", "--quiet", "--json", "--checkpoint", checkpoint, "--checkpoint_seconds", "0.001",
          ]
            + ["--save", model]
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        try process.run()
        output.readLines(random.int(0...20))
        for _ in 0..<random.int(0...2000) { sched_yield() }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal {
          kills += 1
        } else {
          #expect(process.terminationStatus == 0)
          isDone = true
        }
        if kills > 200 { isDone = true }
      }
      let found = try readFile(model)
      #expect(kills <= 200 && found == expected, "after \(kills) kills")
    }
  }

  /// Ctrl-C in the middle of an epoch; `resume` says where it goes on.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)]) func interruptionsGoOn(
    signal: Int32, code: Int32
  ) throws {
    let flags = ["--dataset", "digits", "--hidden_neurons", "8", "--batch_size", "1", "--seed", "2"]
    let process = Process()
    process.executableURL = functionalNetBinary
    process.arguments = flags + ["--epochs", "3", "--json", "--quiet", "--checkpoint", checkpoint, "--save", model]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    var text = output.readLines(2)  // the start and the first epoch
    kill(process.processIdentifier, signal)
    text += output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == code)
    let end = try JSON(parsing: #require(text.split(separator: UInt8(ascii: "\n")).last))
    let (epoch, batch) = (try #require(end["epoch"]?.integerValue), try #require(end["batch"]?.integerValue))
    #expect(end["best_epoch"] == .integer(1))
    #expect(end["saved_epoch"] == (batch == 1438 ? .integer(epoch) : .null))
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(
      message.contains("interrupted at epoch \(epoch), after batch \(batch); the network as it was then is saved in")
        && message.contains("'functional-net resume \(checkpoint)' goes on from there"))
    let resumed = try functionalNet(["resume", checkpoint, "--json", "--quiet"])
    let start = try #require(try resumed.json().first)
    let done =
      batch == 1438
      ? JSON.members(["epochs": .integer(epoch), "batches": .integer(0)])
      : JSON.members(["epochs": .integer(epoch - 1), "batches": .integer(batch)])
    #expect(resumed.code == 0 && start["resumed_after"] == done)
    #expect(try readFile(model) == whole(flags, epochs: 3))
  }

  /// A second Ctrl-C does not wait for the end of the step.
  @Test func aSecondInterruptionEndsAtOnce() throws {
    let process = Process()
    process.executableURL = functionalNetBinary
    process.arguments = [
      "--network", "conv2d(24,5,padding=2) conv2d(24,5,padding=2) flatten linear(10)", "--batch_size", "1438", "--json",
      "--quiet", "--save", model, "--checkpoint", checkpoint,
    ]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    output.readLines(1)
    // Two signals of one kind could arrive as one; of two kinds both arrive, in either order.
    kill(process.processIdentifier, SIGINT)
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && [130, 143].contains(process.terminationStatus))
    #expect(folder.files == [] && errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
  }

  /// A checkpoint of format version 1, kept for ever: later versions go on from it to the same network.
  @Test func aCheckpointOfVersionOneGoesOn() throws {
    let golden = String(#filePath.dropLast("Command/Resume.swift".count)) + "Files/Fixtures/golden/version_1.checkpoint"
    try FileManager.default.copyItem(atPath: golden, toPath: checkpoint)
    let result = try functionalNet(["resume", checkpoint, "--epochs", "6", "--json", "--quiet"])
    let lines = try result.json()
    #expect(lines.first?["resumed_after"] == .members(["epochs": .integer(3), "batches": .integer(0)]))
    #expect(lines.last?["parameters_crc32"] == .string("eb5a375a") && result.code == 0, "\(result)")
  }

  /// A run whose network and loss both apply softmax, which is refused now, goes on as it began, with a warning.
  @Test func anEarlierRunWithSoftmaxTwiceGoesOn() throws {
    let golden =
      String(#filePath.dropLast("Command/Resume.swift".count))
      + "Files/Fixtures/golden/version_1_softmax_twice.checkpoint"
    try FileManager.default.copyItem(atPath: golden, toPath: checkpoint)
    let result = try functionalNet(["resume", checkpoint, "--epochs", "6", "--json", "--quiet", "--save", model])
    let end = try #require(try result.json().last)
    #expect(result.code == 0 && end["parameters_crc32"] == .string("3aedda6b"), "\(result)")
    #expect(end["best_epoch"] == .integer(6) && end["saved_epoch"] == .integer(6))
    #expect(result.errors.contains("warning: ") && result.errors.contains("applies softmax by itself"))
    #expect(!result.errors.contains("argument --"), "\(result.errors)")
    let evaluation = try #require(try functionalNet(["evaluate", model, "--json"]).json().first)
    #expect(evaluation["accuracy"] == .number(0.9))
  }

  /// What made a model is in it, as a command that makes it again.
  @Test func theCommandOfAModelMakesItAgain() throws {
    let flags = ["--dataset", "iris", "--epochs", "2", "--lr", "0.05", "--network", "linear(4) relu linear(3)"]
    let first = try functionalNet(flags + ["--quiet", "--save", model])
    let settings = try JSON(
      parsing: #require(Safetensors(readFile(model), file: "m").metadata["settings"]).utf8)
    let seed = try #require(settings["seed"]?.integerValue)
    #expect(
      settings["command"]
        == .string(
          "functional-net train --dataset iris --lr 0.05 --network 'linear(4) relu linear(3)' --epochs 2 --seed \(seed)"
        ))
    #expect(
      settings["version"]?.stringValue?.isEmpty == false && settings["dataset_fingerprint"]?.stringValue?.count == 8)
    let command = try #require(settings["command"]?.stringValue).dropFirst("functional-net ".count)
    let again = try functionalNet(
      ["-c", "\"$0\" \(command) --quiet", functionalNetBinary.path], binary: URL(fileURLWithPath: "/bin/sh"))
    #expect(again.code == 0 && again.output == first.output)
  }

  /// The last good moment is what remains of a run that diverged.
  @Test(arguments: [
    ("1e9", "the loss is ", "at epoch 1, batch 2, with learning rate 1000000000;"),
    ("1e37", "the loss is nan at epoch 1, batch 2, with learning rate 1e+37", ", first in layer 3, linear(4);"),
    ("1e39", "a step is not finite at epoch 1, batch 1,", " with learning rate 1e+39;"),
  ])
  func divergenceIsExplained(lr: String, words: String, more: String) throws {
    let data = "\(folder.path)/data.csv"
    try writeText((0..<20).map { "\($0),\($0 * $0),\($0 % 2 == 0 ? "a" : "b")" }.joined(separator: "\n"), data)
    let result = try functionalNet([
      "--dataset", data, "--seed", "1", "--network", "linear(4) relu linear(4) linear(2)", "--batch_size", "4", "--lr",
      lr, "--json", "--quiet",
      "--checkpoint", checkpoint, "--save", model,
    ])
    let end = try #require(try result.json().last)
    #expect(result.code == 3 && end["reason"] == .string("diverged") && end["epoch"] == .integer(1))
    #expect(result.errors.contains(words) && result.errors.contains(more), "\(result.errors)")
    #expect(result.errors.contains("try a smaller --lr; the last network before that is saved in \(model); the moment"))
    #expect(try functionalNet(["evaluate", model]).code == 0)
    let resumed = try functionalNet(["resume", checkpoint, "--quiet"])
    func reason(_ errors: String) -> Substring? {
      errors.split(separator: "\n").last?.split(separator: "error: ").last?.prefix { $0 != ";" }
    }
    #expect(resumed.code == 3 && reason(resumed.errors) == reason(result.errors), "\(resumed)")
  }
}
