import Foundation
import FunctionalNetIO
import TestSupport
import Testing

/// `predict` answers while it reads.
@Suite struct PredictInPieces {
  private let folder: TemporaryFolder
  private let model: String
  private let row = "5.1,3.5,1.4,0.2\n"

  init() throws {
    folder = try TemporaryFolder()
    model = "\(folder.path)/iris.safetensors"
    _ = try functionalNet(["--dataset", "iris", "--epochs", "2", "--seed", "4", "--quiet", "--save", model])
  }

  @Test func whatComesBeforeAnErrorIsWritten() throws {
    let input = String(repeating: row, count: 2500) + "1,2,x,4\n" + row
    let result = try functionalNet(["predict", model], input: input)
    #expect(result.code == 1 && result.output.split(separator: "\n").count == 2501)
    #expect(result.errors.contains("standard input:2501: column 3: 'x' is not a finite number"))
    let missing = try functionalNet(["predict", model], input: row + "1,NA,3,4\n")
    #expect(missing.code == 1 && missing.output.split(separator: "\n").count == 2)
    #expect(
      missing.errors.contains(
        "standard input:2: column 2: 'NA' is a missing value; the network was not trained with --missing mean"))
    #expect(try functionalNet(["predict", model], input: "1,2,x,4\n" + row).output == "")
  }

  @Test func oneWayOfReadingIsLikeAnother() throws {
    let rows = (0..<3000).map { "\($0 % 7),3.5,\($0 % 5).25,0.2\n" }.joined()
    let file = "\(folder.path)/rows.csv"
    try writeText(rows, file)
    let expected = try functionalNet(["predict", model], input: rows)
    #expect(expected.code == 0 && expected.output.split(separator: "\n").count == 3001)
    #expect(try functionalNet(["predict", model, "--dataset", file]).output == expected.output)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", file]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(try functionalNet(["predict", model, "--dataset", file + ".gz"]).output == expected.output)
    let packed = try Data(contentsOf: URL(fileURLWithPath: file + ".gz"))
    try packed.dropLast(9).write(to: URL(fileURLWithPath: file))
    let cut = try functionalNet(["predict", model, "--dataset", file])
    #expect(cut.code == 1 && cut.errors.contains("at byte \(packed.count - 9): the gzip data ends too early"))
    #expect(expected.output.hasPrefix(cut.output) && cut.output.split(separator: "\n").count >= 2001)
  }

  /// Each row is answered when the one who writes waits, as with `tail -f`.
  @Test func aRowIsAnsweredBeforeTheNextIsWritten() throws {
    let (input, output) = (Pipe(), Pipe())
    let process = Process()
    process.executableURL = functionalNetBinary
    process.arguments = ["predict", model]
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    var answered = ""
    for number in 1...3 {
      input.fileHandleForWriting.write(Data(row.utf8))
      while answered.filter({ $0 == "\n" }).count <= number {
        let more = output.fileHandleForReading.availableData
        if more.isEmpty { break }
        answered += String(decoding: more, as: UTF8.self)
      }
      #expect(answered.split(separator: "\n").count == number + 1)
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func aClosedPipeEndsItQuietly() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let program = functionalNetBinary.path
    process.arguments = [
      "-c",
      "yes 1,2,3,4 | \"\(program)\" predict \"\(model)\" 2> \"\(folder.path)/errors\" | head -n 3 > \"\(folder.path)/lines\"",
    ]
    try process.run()
    process.waitUntilExit()
    #expect(try String(contentsOfFile: "\(folder.path)/lines", encoding: .utf8).split(separator: "\n").count == 3)
    #expect(try String(contentsOfFile: "\(folder.path)/errors", encoding: .utf8) == "")
  }
}

@Suite struct MissingValuesCommand {
  private let folder: TemporaryFolder
  private let file: String
  private let model: String

  /// Every tenth record lacks a value.
  init() throws {
    folder = try TemporaryFolder()
    (file, model) = ("\(folder.path)/t.csv", "\(folder.path)/m.safetensors")
    let rows = (0..<60).map { "\($0 % 3 * 10 + $0 % 7),\($0 % 10 == 4 ? "NA" : "\(5 - $0 % 3)"),class\($0 % 3)" }
    try writeText((["a,b,kind"] + rows).joined(separator: "\n"), file)
  }

  private func train(_ more: [String]) throws -> Outcome {
    try functionalNet(["--dataset", file, "--epochs", "20", "--seed", "1", "--save", model] + more)
  }

  @Test func theyAreErrorsThatNameTheFlag() throws {
    let result = try train([])
    #expect(
      result.code == 1 && result.errors.contains("t.csv:6: column 2 ('b'): 'NA' is a missing value; --missing drop"))
    let iris = try functionalNet(["--dataset", "iris", "--missing", "drop"])
    #expect(iris.code == 2 && iris.errors.contains("only .csv and .tsv files have missing values, not iris"))
    #expect(try train(["--missing", "median"]).code == 2)
  }

  @Test func droppedOnesAreCountedAndRemembered() throws {
    let result = try train(["--missing", "drop", "--json"])
    #expect(result.code == 0 && result.errors.contains("note: \(file): 6 records with missing values left out"))
    let start = try #require(try result.json().first)
    #expect(start["dataset"]?["training_samples"] == .integer(43) && start["dataset"]?["test_samples"] == .integer(11))
    #expect(try Safetensors(readFile(model), file: model).metadata["settings"]!.contains(#""missing":"drop""#))
    let evaluated = try functionalNet(["evaluate", model, "--json"])
    #expect(try evaluated.json().first?["samples"] == .integer(11) && evaluated.errors.contains("6 records"))
    let predicted = try functionalNet(["predict", model], input: "1,NA\n")
    #expect(predicted.code == 1 && predicted.errors.contains("standard input:1: column 2: 'NA' is a missing value"))
    let mean = try functionalNet(["evaluate", model, "--missing", "mean"])
    #expect(mean.code == 2 && mean.errors.contains("the network was not trained with --missing mean"))
  }

  @Test func meansAreRemembered() throws {
    let result = try train(["--missing", "mean"])
    #expect(result.code == 0)
    #expect(result.errors.contains("note: \(file): missing values in 6 records filled with the mean of the column"))
    #expect(try !train(["--missing", "mean", "--quiet"]).errors.contains("note"))
    #expect(try functionalNet(["evaluate", model, "--json"]).json().first?["samples"] == .integer(12))
    // A missing value is answered as the mean is, which is the offset of the scaling.
    let description = try Model<Float>(contentsOf: model).description
    #expect(description.scaling.fillsMissing)
    let mean = description.scaling.offset[1]
    let result2 = try functionalNet(["predict", model], input: "12,?\n12,\(mean)\n")
    let lines = result2.output.split(separator: "\n")
    #expect(result2.code == 0 && lines.count == 3 && lines[1] == lines[2])
  }

  @Test func nothingIsSaidWhereItWasNotGiven() throws {
    try writeText("1,2,x\n3,4,y\n5,6,x\n7,8,y\n", file)
    #expect(try train([]).code == 0)
    let metadata = try Safetensors(readFile(model), file: model).metadata
    #expect(metadata.values.allSatisfy { !$0.contains("missing") })
  }

  @Test func aColumnWithoutAnyIsNamed() throws {
    try writeText("1,,x\n3,,y\n5,,x\n7,,y\n", file)
    let result = try train(["--missing", "mean"])
    #expect(result.code == 1 && result.errors.contains("t.csv: column 2: every value is missing; leave the column out"))
    try writeText("1,2,x\n" + String(repeating: "3,,y\n5,,x\n", count: 20), file)
    let part = try train(["--missing", "mean", "--samples", "2"])
    #expect(part.code == 1 && part.errors.contains("every value of input 2 is missing in the training part"), "\(part)")
  }
}
