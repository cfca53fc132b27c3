import Foundation
import FunctionalNetIO
import TestSupport
import Testing

/// Tables as people have them: a wrong answer in silence is the worst that the command could give.
@Suite struct TablesAsPeopleHaveThem {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = "\(folder.path)/m.safetensors"
  }

  /// Four columns, of which two tell the class, and two do not.
  private static let rows = (0..<60).map { i in
    ["\(i % 3).5", "\(i * 7 % 10).25", "\(5 - i % 3)", "\(i * 3 % 11)", "class\(i % 3)"]
  }
  private static let names = ["width", "noise", "depth", "other", "kind"]

  private func table(_ order: [Int], _ name: String, extra: Bool = false) throws -> String {
    let lines = [Self.names] + Self.rows
    let text = lines.enumerated().map { number, line in
      ((extra ? [number == 0 ? "id" : "\(number * 31 % 60)"] : []) + order.map { line[$0] }).joined(separator: ",")
    }
    let path = "\(folder.path)/\(name)"
    try writeText(text.joined(separator: "\n") + "\n", path)
    return path
  }

  private func train(_ path: String, _ more: [String] = []) throws -> Outcome {
    try functionalNet(["--dataset", path, "--epochs", "20", "--seed", "1", "--save", model, "--force"] + more)
  }

  @Test func columnsInAnotherOrderAreThoseColumns() throws {
    let path = try table([0, 1, 2, 3, 4], "first.csv")
    #expect(try train(path).code == 0)
    let expected = try functionalNet(["predict", model, "--dataset", path])
    #expect(expected.code == 0 && expected.errors == "")
    let lines = expected.output.split(separator: "\n").dropFirst()
    #expect(zip(lines, Self.rows).allSatisfy { $0.hasPrefix($1[4] + ",") } && lines.count == 60)
    let accuracy = try functionalNet(["evaluate", model, "--dataset", path, "--json"]).json()[0]["accuracy"]
    #expect(accuracy == .number(1) || accuracy == .integer(1))
    for (order, extra) in [([3, 4, 2, 0, 1], false), ([2, 1, 0, 3], false), ([4, 3, 2, 1, 0], true)] {
      let other = try table(order, "other.csv", extra: extra)
      let found = try functionalNet(["predict", model, "--dataset", other])
      #expect(found.output == expected.output)
      #expect(found.errors.contains("note: \(other): column 'id' is not among the inputs") == extra)
      if order.contains(4) {
        let evaluation = try functionalNet(["evaluate", model, "--dataset", other, "--json"])
        #expect(try evaluation.json()[0]["accuracy"] == accuracy)
      }
    }
    let short = try table([0, 1, 3, 4], "short.csv")
    for command in ["predict", "evaluate"] {
      let result = try functionalNet([command, model, "--dataset", short])
      #expect(result.code == 1 && result.output == "")
      #expect(
        result.errors.contains(":1: the network takes 'depth', but no column has this name; the file has 'width',"))
    }
  }

  @Test func aLastInputIsNotTakenForTheClass() throws {
    _ = try train(try table([0, 1, 2, 3, 4], "first.csv"))
    let result = try functionalNet(["predict", model], input: "0.5,0.25,5,0,7\n")
    #expect(result.code == 1 && result.output == "")
    #expect(result.errors.contains("standard input:1: records have 5 columns, but the network takes 4 inputs"))
    let told = try functionalNet(["predict", model, "--label_column", "1"], input: "x,0.5,0.25,5,0\n")
    #expect(told.code == 0 && told.output.contains("\nclass0,"))
  }

  @Test func headersOfNumbersAreReadAlikeInTrainingAndPrediction() throws {
    let path = "\(folder.path)/numbers.csv"
    let rows = (0..<60).map { "\($0 % 2 * 5),\($0 % 7),\($0 % 5),\($0 % 2)" }
    for header in ["0,1,2,fraud", "0,1,2,3"] {
      try writeText(([header] + rows).joined(separator: "\n"), path)
      let training = try train(path, ["--json"])
      let classes = try training.json()[0]["dataset"]?["class_names"]
      #expect(classes == .array([.string("0"), .string("1")]))
      let result = try functionalNet(["predict", model, "--dataset", path])
      #expect(result.code == 0 && result.output.split(separator: "\n").count == 61 && result.errors == "")
    }
    let doubtful = try functionalNet(["--dataset", path, "--header", "no", "--epochs", "1", "--seed", "1", "--json"])
    #expect(try doubtful.json()[0]["dataset"]?["class_names"]?.arrayValue?.count == 3)
  }

  @Test func numbersToPredictAreRefusedBeforeTraining() throws {
    let path = "\(folder.path)/diabetes.csv"
    let rows = (0..<442).map { "\($0 % 9).5,\($0 % 5),\($0 * 37 % 214 + 25)" }
    try writeText((["age,bmi,target"] + rows).joined(separator: "\n"), path)
    for more in [[], ["--loss", "mean_squared"], ["--label_column", "3"]] {
      let result = try functionalNet(["--dataset", path, "--seed", "1"] + more)
      #expect(result.code == 1 && result.output == "")
      #expect(
        result.errors.contains("column 'target', which holds the classes, has 214 different values in 442 samples"))
    }
  }

  /// A class that comes first is not silently passed over, and a run that was told `last` goes on so.
  @Test func theColumnOfTheClassesIsNotGuessed() throws {
    let path = try table([4, 0, 1, 2, 3], "first.csv")
    try writeText(
      try String(contentsOfFile: path, encoding: .utf8).replacing("kind,", with: "label,").replacing(
        ",other", with: ",rest"),
      path)
    let result = try functionalNet(["--dataset", path, "--seed", "1"])
    #expect(result.code == 1 && result.output == "")
    #expect(
      result.errors.contains(
        "column 'label' may hold the classes, which are otherwise taken from the last column, 'rest'"))
    #expect(try train(path, ["--label_column", "label"]).code == 0)
    let last = "\(folder.path)/last.csv"
    let checkpoint = "\(folder.path)/run"
    let lines = ["target,a,b"] + (0..<30).map { "\($0 * 7 % 10).5,\($0 % 5),\($0 % 2)" }
    try writeText(lines.joined(separator: "\n"), last)
    let told = try train(last, ["--label_column", "last", "--checkpoint", checkpoint])
    #expect(told.code == 0)
    #expect(try functionalNet(["resume", checkpoint, "--epochs", "21"]).code == 0)
  }

  @Test func otherDataAreSaidToBeOthers() throws {
    let path = try table([0, 1, 2, 3, 4], "first.csv")
    _ = try train(path)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let other = "\(folder.path)/other.csv"
    try writeText(([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n"), other)
    let result = try functionalNet(["evaluate", model, "--dataset", other])
    #expect(result.code == 0 && result.output.contains("of 60, all of "))
    #expect(result.errors.contains("so all of it is measured; samples of the training may be among it"))
    try writeText(lines.dropFirst().joined(separator: "\n"), other)
    let plain = try functionalNet(["evaluate", model, "--dataset", other])
    #expect(plain.code == 0 && plain.output.contains("of 12, the test part of "))
    #expect(plain.errors.contains("there is no header, so columns are taken in the order that they had in training"))
  }

  @Test func theSeparatorCanBeSaid() throws {
    let path = "\(folder.path)/pipes.csv"
    try writeText(Self.rows.map { $0.joined(separator: "|") + "\n" }.joined(), path)
    #expect(try functionalNet(["--dataset", path, "--seed", "1"]).code == 1)
    #expect(try train(path, ["--separator", "|"]).code == 0)
    #expect(try functionalNet(["evaluate", model]).output.contains("of 12, the test part"))
    let result = try functionalNet(["predict", model, "--separator", "pipe"], input: "0.5|0.25|5|0\n")
    #expect(result.code == 0 && result.output.contains("\nclass0,"))
    let wrong = try functionalNet(["--dataset", path, "--separator", "xx"])
    #expect(
      wrong.code == 2 && wrong.errors.contains("argument --separator: 'xx' is none of comma, semicolon, tab, pipe"))
  }

  @Test func anIndexColumnIsWarnedOf() throws {
    let path = "\(folder.path)/index.csv"
    let lines = [",a,kind"] + (0..<40).map { "\($0),\($0 % 7),\($0 < 20 ? "x" : "y")" }
    try writeText(lines.joined(separator: "\n"), path)
    let result = try train(path, ["--quiet"])
    #expect(
      result.code == 0 && result.errors.contains("warning: \(path): input 1 ('') counts the records; if it is an index")
    )
  }

  @Test func commentsAreCounted() throws {
    let path = "\(folder.path)/comments.csv"
    try writeText(Self.rows.map { $0.joined(separator: ",") + "\n#1,2,3,4,class0\n" }.joined(), path)
    #expect(try train(path).errors.contains("note: \(path): 60 lines that begin with # left out as comments\n"))
    let predicted = try functionalNet(["predict", model], input: "# mine\n1,2,3,4\n")
    #expect(predicted.errors.hasSuffix("note: standard input: 1 line that begins with # left out as comments\n"))
  }
}
