import Foundation
import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Whether a text has control characters other than ends of lines.
private func hasControlCharacters(_ text: String) -> Bool {
  text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x7F }
}

@Suite struct TrainCommand {
  @Test func theSeedsFlagsTrain() throws {
    let result = try functionalNet([
      "--dataset", "iris", "--lr", "0.05", "--momentum", "0.8", "--hidden_neurons", "12", "--epochs", "3",
      "--batch_size", "16", "--seed", "5",
    ])
    #expect(result.code == 0)
    #expect(
      result.output.hasPrefix("test accuracy: 0.") && result.output.contains("(")
        && result.output.contains("of 30)\nseed: 5\nparameters_crc32: "))
    #expect(result.errors.contains("iris: 120 training and 30 test samples, 4 inputs, 3 classes\n"))
    #expect(result.errors.contains("network 4-12-3 with 99 parameters; lr 0.05, momentum 0.8, batch size 16, seed 5"))
    #expect(result.errors.split(separator: "\n").filter { $0.hasPrefix("epoch ") }.count == 3)
    #expect(!hasControlCharacters(result.output) && !hasControlCharacters(result.errors))
  }

  @Test func otherSpellingsAreTheSame() throws {
    let one = try functionalNet([
      "train", "--dataset", "iris", "--hidden_neurons", "5", "--batch_size", "7", "--epochs", "2", "--seed", "1",
      "--quiet",
    ])
    let two = try functionalNet([
      "--seed=1", "--dataset=iris", "--batch-size=7", "--hidden-neurons=5", "--epochs=2", "--quiet",
    ])
    #expect(one.code == 0 && one.output == two.output && one.errors == "" && two.errors == "")
    let other = try functionalNet([
      "--seed=2", "--dataset=iris", "--batch-size=7", "--hidden-neurons=5", "--epochs=2", "--quiet",
    ])
    #expect(other.output != one.output)
  }

  @Test func aDrawnSeedIsPrintedAndRepeatsTheRun() throws {
    let drawn = try functionalNet(["--dataset", "iris", "--epochs", "2", "--json", "--quiet"])
    let start = try #require(try drawn.json().first)
    let seed = String(try #require(start["seed"]?.integerValue))
    let again = try functionalNet(["--dataset", "iris", "--epochs", "2", "--json", "--quiet", "--seed", seed])
    #expect(try again.json().last?["parameters_crc32"] == drawn.json().last?["parameters_crc32"])
    let people = try functionalNet(["--dataset", "iris", "--epochs", "1"])
    #expect(people.errors.firstMatch(of: /seed \d+/) != nil)
  }

  @Test func jsonHasTheWholeStory() throws {
    let result = try functionalNet(["--dataset", "iris", "--epochs", "3", "--seed", "3", "--json", "--threads", "2"])
    #expect(result.code == 0 && !hasControlCharacters(result.output))
    let lines = try result.json()
    #expect(lines.map { $0["event"]?.stringValue } == ["start", "epoch", "epoch", "epoch", "end"])
    let start = lines[0]
    #expect(
      start["seed"] == .integer(3) && start["threads"] == .integer(2)
        && start["parameters"] == .integer(4 * 100 + 100 + 300 + 3))
    #expect(start["version"]?.stringValue != nil && start["configuration"]?["lr"]?.doubleValue == 0.03)
    #expect(
      start["dataset"]?["training_samples"] == .integer(120) && start["dataset"]?["class_names"]?.arrayValue?.count == 3
    )
    for (number, line) in lines[1...3].enumerated() {
      #expect(line["epoch"] == .integer(number + 1) && line["lr"]?.doubleValue == 0.03)
      for key in ["loss", "accuracy", "test_loss", "test_accuracy", "seconds", "samples_per_second"] {
        #expect(try #require(line[key]?.doubleValue) >= 0, "\(key)")
      }
    }
    let end = lines[4]
    #expect(end["reason"] == .string("finished") && (1...3).contains(end["best_epoch"]?.integerValue ?? 0))
    #expect(end["saved_epoch"] == .integer(3) && end["warnings"] == .array([]))
    #expect(end["test_accuracy"] == lines[3]["test_accuracy"] && end["parameters_crc32"]?.stringValue?.count == 8)
  }

  @Test func threadsAndInstructionSetsGiveTheSameBits() throws {
    let arguments = [
      "--dataset", "iris", "--epochs", "2", "--seed", "3", "--quiet", "--hidden_neurons", "300", "--batch_size", "120",
    ]
    let first = try functionalNet(arguments + ["--threads", "1"])
    #expect(first.code == 0)
    for threads in ["2", "3", "8"] {
      #expect(try functionalNet(arguments + ["--threads", threads]).output == first.output)
    }
    for set in InstructionSet.allCases {
      let result = try functionalNet(arguments, environment: ["FUNCTIONAL_NET_ISA": set.rawValue])
      if InstructionSet.available.contains(set) {
        #expect(result.output == first.output, "\(set)")
      } else {
        #expect(result.code == 2 && result.errors.contains("which this machine cannot run"), "\(set)")
      }
    }
  }

  @Test func anUnknownInstructionSetIsAnError() throws {
    let result = try functionalNet(["--dataset", "xor"], environment: ["FUNCTIONAL_NET_ISA": "sse9"])
    #expect(
      result.code == 2 && result.errors.contains("FUNCTIONAL_NET_ISA is 'sse9'") && result.errors.contains("portable"))
  }

  @Test(arguments: ["float", "double"]) func divergenceStops(precision: String) throws {
    let folder = try TemporaryFolder()
    let result = try functionalNet([
      "--dataset", "iris", "--lr", "1e9", "--seed", "2", "--json", "--precision", precision, "--save",
      "\(folder.path)/m",
    ])
    #expect(result.code == 3)
    #expect(
      result.errors.contains("error: training diverged: the loss is ")
        && result.errors.contains("at epoch 1, batch 2, with learning rate 1000000000"))
    #expect(try result.json().last?["reason"] == .string("diverged"))
    #expect(try functionalNet(["evaluate", "\(folder.path)/m"]).code == 0)  // the last good network was kept
  }

  @Test func withoutATestPart() throws {
    let result = try functionalNet(["--dataset", "iris", "--epochs", "1", "--test_fraction", "0", "--seed", "1"])
    #expect(result.code == 0 && result.output.hasPrefix("training accuracy: ") && result.output.contains("of 150)"))
  }

  @Test func xorIsTrainedOnAllOfIt() throws {
    let result = try functionalNet([
      "--dataset", "xor", "--epochs", "200", "--hidden_neurons", "16", "--seed", "1", "--quiet",
    ])
    #expect(result.output.hasPrefix("test accuracy: 1.0000 (4 of 4)"))
  }

  @Test func foldersOfIDXFilesAreRead() throws {
    let folder = String(#filePath.dropLast("Command/TrainCommand.swift".count)) + "Files/Fixtures/idx"
    let result = try functionalNet(["--dataset", folder, "--epochs", "20", "--batch_size", "5", "--seed", "1"])
    #expect(result.errors.contains("30 training and 10 test samples, 20 inputs, 3 classes"))
    #expect(result.output.hasPrefix("test accuracy: 1.0000 (10 of 10)"))
  }

  @Test func aCopyOfTheBinaryHasItsData() throws {
    let folder = try TemporaryFolder()
    let copy = URL(fileURLWithPath: folder.path).appendingPathComponent("copied")
    try FileManager.default.copyItem(at: functionalNetBinary, to: copy)
    let result = try functionalNet(
      ["--dataset", "digits", "--epochs", "1", "--hidden_neurons", "4", "--seed", "1", "--batch_size", "200"],
      binary: copy, in: folder.path)
    #expect(result.code == 0 && result.errors.contains("digits: 1,438 training and 359 test samples"))
  }

  @Test func aClosedPipeEndsQuietly() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "\"$0\" --dataset iris --json --quiet --epochs 40 | head -n 1", functionalNetBinary.path,
    ]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(lines.split(separator: "\n").count == 1 && lines.contains("\"start\""))
    #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)]) func signalsEndAfterTheStep(
    signal: Int32, code: Int32
  ) throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = functionalNetBinary
    process.arguments = ["--dataset", "iris", "--json", "--quiet", "--epochs", "1000000", "--save", "\(folder.path)/m"]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    var text = output.readLines(3)
    kill(process.processIdentifier, signal)
    text += output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == code)
    let last = try #require(String(decoding: text, as: UTF8.self).split(separator: "\n").last)
    #expect(try JSON(parsing: last.utf8)["reason"] == .string("interrupted"))
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(message.contains("interrupted at epoch ") && message.contains("is saved in \(folder.path)/m"))
    #expect(try functionalNet(["evaluate", "\(folder.path)/m"]).code == 0)
  }
}
