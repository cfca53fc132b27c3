import Foundation
import FunctionalNetIO
import TestSupport
import Testing

/// Runs the program in a shell that allows files of 512 or 1024 bytes and no larger ones.
private func limited(_ words: String) throws -> Outcome {
  try functionalNet(
    ["-c", "ulimit -f 1; exec \"$0\" \(words)", functionalNetBinary.path], binary: URL(fileURLWithPath: "/bin/sh"))
}

private let startsWithSmallFiles = (try? limited("--version"))?.code == 0

/// The files of a run that goes on: its data must be the same, and what it writes replaces nothing but its own files.
@Suite struct RunFiles {
  private let folder: TemporaryFolder
  private let checkpoint: String
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    checkpoint = "\(folder.path)/run"
    model = "\(folder.path)/model"
  }

  private func prepared(_ more: [String] = []) throws {
    let result = try functionalNet(
      [
        "--dataset", "iris", "--seed", "1", "--epochs", "3", "--hidden_neurons", "4", "--quiet", "--checkpoint",
        checkpoint,
      ]
        + more)
    #expect(result.code == 0, "\(result)")
  }

  @Test func otherDataIsRefused() throws {
    let data = "\(folder.path)/data.csv"
    try writeText((0..<20).map { "\($0),\($0 % 2 == 0 ? "even" : "odd")" }.joined(separator: "\n"), data)
    try prepared(["--dataset", data])
    try writeText((0..<20).map { "\($0),\($0 % 3 == 0 ? "even" : "odd")" }.joined(separator: "\n"), data)
    let result = try functionalNet(["resume", checkpoint, "--epochs", "5"])
    #expect(result.code == 1 && result.errors.contains("this is other data than the run of \(checkpoint) began with"))
  }

  @Test func dataMayMove() throws {
    let (data, moved) = ("\(folder.path)/data.csv", "\(folder.path)/moved.csv")
    try writeText((0..<20).map { "\($0),\($0 % 2 == 0 ? "even" : "odd")" }.joined(separator: "\n"), data)
    try prepared(["--dataset", data])
    try FileManager.default.moveItem(atPath: data, toPath: moved)
    let gone = try functionalNet(["resume", checkpoint])
    #expect(gone.code == 1 && gone.errors.contains("nothing is there; --dataset says where it is now"))
    #expect(try functionalNet(["resume", checkpoint, "--dataset", moved]).code == 0)
  }

  @Test func epochsAreThoseOfTheWholeRun() throws {
    try prepared()
    let result = try functionalNet(["resume", checkpoint, "--epochs", "2"])
    #expect(result.code == 2 && result.errors.contains("3 epochs are behind this checkpoint, more than 2"))
  }

  @Test func filesAreNotWrittenOver() throws {
    try prepared(["--save", model])
    let before = try [readFile(checkpoint), readFile(model)]
    for flags in [["--checkpoint", checkpoint], ["--save", model]] {
      let result = try functionalNet(["--dataset", "iris", "--epochs", "1"] + flags)
      #expect(result.code == 1 && result.errors.contains("\(flags[1]): this file exists; --force writes over it"))
    }
    #expect(try [readFile(checkpoint), readFile(model)] == before)
    #expect(try functionalNet(["--dataset", "iris", "--epochs", "1", "--save", model, "--force"]).code == 0)
    #expect(try readFile(model) != before[1])
    let done = try functionalNet(["resume", checkpoint, "--epochs", "0"])
    #expect(done.code == 2 && done.errors.contains("argument --epochs: 0 is out of range"))
    let other = try functionalNet(["resume", checkpoint, "--save", "\(folder.path)/other"])
    #expect(other.errors.contains("all 3 epochs were done before; --epochs asks for more"))
    let one = "\(folder.path)/one"
    _ = try functionalNet(["--dataset", "iris", "--epochs", "1", "--checkpoint", one])
    #expect(
      try functionalNet(["resume", one]).errors.contains("the only epoch was done before; --epochs asks for more"))
    try FileManager.default.removeItem(atPath: one)
    #expect(other.code == 0 && folder.files == ["model", "other", "run"])
    #expect(try functionalNet(["resume", checkpoint, "--save", model]).code == 1)  // another run's now
    #expect(try functionalNet(["resume", checkpoint]).code == 0)  // the run's own file
    let both = try functionalNet([
      "--dataset", "iris", "--save", "\(folder.path)/a", "--checkpoint", "\(folder.path)/a",
    ])
    #expect(both.code == 2 && both.errors.contains("is where --save puts the network"))
  }

  /// A file that is now where the run saves its network, but is not of the run, is not written over; and data never is.
  @Test func othersFilesAreLeftAlone() throws {
    let data = "\(folder.path)/data.csv"
    try writeText((0..<20).map { "\($0),\($0 % 2 == 0 ? "even" : "odd")" }.joined(separator: "\n"), data)
    try prepared(["--dataset", data, "--save", model])
    let before = try readFile(data)
    try writeText("precious", model)
    let resumed = try functionalNet(["resume", checkpoint, "--epochs", "5"])
    #expect(resumed.code == 1 && resumed.errors.contains("this file exists; --force writes over it"))
    #expect(try readFile(model) == Array("precious".utf8))
    for words in [["--dataset", data, "--save", data], ["resume", checkpoint, "--save", data]] {
      let result = try functionalNet(words + ["--force"])
      #expect(result.code == 2 && result.errors.contains("\(data) is the data to train on"))
    }
    #expect(try readFile(data) == before)
  }

  /// Paths are those of the folder in which the run began, wherever it goes on.
  @Test func theNetworkIsSavedWhereTheRunBegan() throws {
    let first = try functionalNet(
      ["--dataset", "iris", "--seed", "1", "--epochs", "2", "--quiet", "--save", "model", "--checkpoint", "run"],
      in: folder.path)
    #expect(first.code == 0)
    let before = try readFile(model)
    #expect(try functionalNet(["resume", checkpoint, "--epochs", "3", "--quiet"], in: "/").code == 0)
    #expect(try readFile(model) != before && folder.files == ["model", "run"])
  }

  /// A disk without room: the old file stays as it was, and the message says why.
  @Test(.enabled(if: startsWithSmallFiles, "sanitizers may keep memory of their own in larger files"))
  func aFullDiskLeavesTheOldFile() throws {
    try prepared(["--save", model])
    let before = try [readFile(checkpoint), readFile(model)]
    let resumed = try limited("resume '\(checkpoint)' --epochs 5 --hidden_neurons 9")
    #expect(resumed.code == 2)
    let large = "--dataset iris --hidden_neurons 900 --epochs 2 --force --save '\(model)'"
    let saved = try limited(large)
    #expect(saved.code == 1 && saved.errors.contains("\(model): cannot be written: file too large"), "\(saved)")
    let checked = try limited(
      "--dataset iris --hidden_neurons 900 --epochs 2 --force --checkpoint '\(checkpoint)' --quiet")
    #expect(
      checked.code == 1
        && checked.errors.contains("warning: \(checkpoint): cannot be written: file too large; training goes on")
        && checked.errors.contains("error: \(checkpoint): cannot be written: file too large"), "\(checked)")
    #expect(try [readFile(checkpoint), readFile(model)] == before && folder.files == ["model", "run"])
  }

  @Test func checkpointsOfOtherThingsAreExplained() throws {
    try prepared(["--save", model])
    let result = try functionalNet(["resume", model])
    #expect(
      result.code == 1 && result.errors.contains("model: this is a saved network, which evaluate and predict take"))
    #expect(try functionalNet(["evaluate", checkpoint]).output == functionalNet(["evaluate", model]).output)
    #expect(try functionalNet(["resume", "\(folder.path)/none"]).code == 1)
    #expect(try functionalNet(["resume"]).code == 2)
    #expect(try functionalNet(["resume", checkpoint, "--lr", "1"]).code == 2)
  }
}
