import Foundation
import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct SavedModels {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = "\(folder.path)/iris.safetensors"
  }

  private func train(_ more: [String] = []) throws -> Outcome {
    try functionalNet(["--dataset", "iris", "--epochs", "5", "--seed", "4", "--json", "--save", model] + more)
  }

  @Test(arguments: ["float", "double"]) func evaluateRepeatsTheTest(precision: String) throws {
    let end = try #require(try train(["--precision", precision]).json().last)
    let result = try functionalNet(["evaluate", model, "--json"])
    let json = try #require(try result.json().first)
    #expect(result.code == 0 && json["accuracy"] == end["test_accuracy"] && json["samples"] == .integer(30))
    #expect(json["confusion"]?.arrayValue?.count == 3)
    let people = try functionalNet(["evaluate", model]).output
    #expect(
      people.hasPrefix("accuracy: 0.") && people.contains("versicolor")
        && people.contains("of 30, the test part of iris)"))
    // The data decide what the test part is, not the path: the file of the same data has the same one.
    let file = try #require(try functionalNet(["evaluate", model, "--dataset", irisFile(), "--json"]).json().first)
    #expect(file["samples"] == .integer(30) && file["part"] == .string("test") && file["loss"] == json["loss"])
    let whole = try functionalNet(["evaluate", model, "--all", "--json"])
    #expect(try whole.json().first?["samples"] == .integer(150) && whole.json().first?["part"] == .string("all"))
  }

  @Test func evaluateChecksTheAccuracy() throws {
    _ = try train()
    #expect(try functionalNet(["evaluate", model, "--min_accuracy", "0.5"]).code == 0)
    let result = try functionalNet(["evaluate", model, "--min_accuracy", "1"])
    #expect(result.code == 4 && result.errors.contains("is below --min_accuracy 1"))
  }

  @Test func predictAnswersEveryRow() throws {
    _ = try train(["--epochs", "30"])
    let rows = "5.1,3.5,1.4,0.2\n6.7,3.1,5.6,2.4\n"
    let result = try functionalNet(["predict", model], input: rows)
    let lines = result.output.split(separator: "\n")
    #expect(result.code == 0 && lines.count == 3 && lines[0] == "prediction,setosa,versicolor,virginica")
    #expect(lines[1].hasPrefix("setosa,0.") && lines[2].hasPrefix("virginica,"))
    let sum = lines[1].split(separator: ",").dropFirst().compactMap { Double($0) }.reduce(0, +)
    #expect(abs(sum - 1) < 1e-6)
    // A header and a column of classes are understood, and a file is read like standard input.
    let labelled = try functionalNet(
      ["predict", model, "--dataset", "-"],
      input:
        "species,petal_width_cm,petal_length_cm,sepal_width_cm,sepal_length_cm\nx,0.2,1.4,3.5,5.1\ny,2.4,5.6,3.1,6.7\n")
    #expect(labelled.output == result.output)
    try Data(rows.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/rows.csv"))
    #expect(try functionalNet(["predict", model, "--dataset", "\(folder.path)/rows.csv"]).output == result.output)
    let json = try functionalNet(["predict", model, "--json"], input: rows).json()
    #expect(
      json.count == 2 && json[1]["class"] == .string("virginica")
        && json[0]["probabilities"]?["setosa"]?.doubleValue != nil)
    #expect(try functionalNet(["predict", model, "--dataset", "iris"]).output.split(separator: "\n").count == 151)
  }

  @Test func theLabelColumnAndTheFileAreRemembered() throws {
    let file = "\(folder.path)/first.csv"
    let rows = (0..<60).map { "class\($0 % 3),\($0 % 3 * 10 + $0 % 7),\(5 - $0 % 3),\($0 % 5)" }
    try writeText((["kind,a,b,c"] + rows).joined(separator: "\n"), file)
    let training = try functionalNet([
      "--dataset", file, "--label_column", "kind", "--epochs", "20", "--seed", "1", "--save", model,
    ])
    #expect(training.code == 0)
    let lines = try functionalNet(["predict", model, "--dataset", file]).output.split(separator: "\n").dropFirst()
    #expect(zip(lines, rows).allSatisfy { $0.prefix(6) == $1.prefix(6) } && lines.count == 60)
    for spelling in [file, "\(folder.path)/./first.csv", "first.csv"] {
      let result = try functionalNet(["evaluate", model, "--dataset", spelling], in: folder.path)
      #expect(result.output.contains("of 12, the test part of \(spelling))"), "\(result)")
    }
  }

  /// The data are known by their fingerprint, wherever they are; other data are measured as a whole, but not where the data of
  /// the training were.
  @Test func evaluateKnowsTheDataWhereverTheyAre() throws {
    let file = "\(folder.path)/data.csv"
    let rows = (0..<60).map { "\($0 % 3 * 10 + $0 % 7),\(5 - $0 % 3),\($0 % 5),class\($0 % 3)" }
    try writeText(rows.joined(separator: "\n"), file)
    let training = try functionalNet(
      ["--dataset", "data.csv", "--epochs", "2", "--seed", "1", "--save", model, "--json"], in: folder.path)
    let accuracy = try #require(try training.json().last?["test_accuracy"])
    func evaluation(_ more: [String], in directory: String? = nil) throws -> (outcome: Outcome, json: JSON?) {
      let outcome = try functionalNet(["evaluate", model, "--json"] + more, in: directory)
      return (outcome, try outcome.json().first)
    }
    // From the folder of the training, from another one, and after a move.
    for (more, directory) in [
      ([], folder.path), (["--dataset", file], nil), (["--dataset", "data.csv"], folder.path),
    ] {
      let json = try #require(try evaluation(more, in: directory).json)
      #expect(json["part"] == .string("test") && json["accuracy"] == accuracy, "\(json)")
    }
    #expect(try evaluation([]).outcome.errors.contains("--dataset says where it is now"))
    try FileManager.default.moveItem(atPath: file, toPath: "\(folder.path)/moved.csv")
    let moved = try #require(try evaluation(["--dataset", "moved.csv"], in: folder.path).json)
    #expect(moved["part"] == .string("test") && moved["accuracy"] == accuracy)
    #expect(try evaluation(["--dataset", "moved.csv", "--all"], in: folder.path).json?["samples"] == .integer(60))
    // Other data: as a whole, unless they are where those of the training were.
    try writeText(rows.reversed().joined(separator: "\n"), file)
    let changed = try evaluation([], in: folder.path).outcome
    #expect(changed.code == 1 && changed.errors.contains("this is other data than the network was trained on"))
    #expect(changed.errors.contains("--all measures all of this") && !changed.errors.contains("copy"))
    #expect(try evaluation(["--all"], in: folder.path).json?["part"] == .string("all"))
    try FileManager.default.copyItem(atPath: file, toPath: "\(folder.path)/other.csv")
    let other = try #require(try evaluation(["--dataset", "other.csv"], in: folder.path).json)
    #expect(other["part"] == .string("all") && other["samples"] == .integer(60))
    // A file from before there were fingerprints goes by the path.
    try rewrite { settings in settings.filter { $0.name != "dataset_fingerprint" } }
    #expect(try evaluation([], in: folder.path).json?["part"] == .string("test"))
    #expect(try evaluation(["--dataset", "moved.csv"], in: folder.path).json?["part"] == .string("all"))
  }

  /// Writes the model again with other settings.
  private func rewrite(_ change: ([JSON.Member]) -> [JSON.Member]) throws {
    let old = try Model<Float>(contentsOf: model)
    guard case .object(let settings) = old.description.settings else {
      Issue.record("there are no settings")
      return
    }
    let description = ModelDescription(
      classNames: old.description.classNames, inputShape: old.description.inputShape, scaling: old.description.scaling,
      settings: .object(change(settings)))
    try Model(network: old.network, params: old.params, state: old.state, description: description).save(model)
  }

  @Test func dataWithATestPartAreMeasuredOnItOrAsAWhole() throws {
    _ = try functionalNet(["--dataset", "xor", "--epochs", "2", "--seed", "1", "--save", model])
    for more in [[], ["--all"]] {
      let json = try #require(try functionalNet(["evaluate", model, "--json"] + more).json().first)
      #expect(json["samples"] == .integer(4) && json["part"] == .string(more.isEmpty ? "test" : "all"))
    }
  }

  @Test func outputsThatAreNotFinitePassNoCheck() throws {
    let huge = Params<Float>(
      w1: Tensor(shape: [4, 2], repeating: 1e30), b1: Tensor([1, 1]), w2: Tensor(shape: [2, 3], repeating: 1e30),
      b2: Tensor([0, 0, 0]))
    let description = ModelDescription(
      classNames: ["setosa", "versicolor", "virginica"], inputShape: [4], scaling: .none)
    try Model(params: huge, description: description).save(model)
    let result = try functionalNet(["evaluate", model, "--dataset", "iris", "--min_accuracy", "0"])
    #expect(result.code == 1 && result.output == "", "\(result)")
    #expect(
      result.errors.contains(
        "iris: the outputs of the network are not finite for 150 of the 150 samples measured, first for "))
  }

  @Test func whatAFileFromElsewhereLeavesOpenIsSaid() throws {
    let python =
      String(#filePath.dropLast("Command/SavedModels.swift".count)) + "Files/Fixtures/python_float32.safetensors"
    let result = try functionalNet(["predict", python], input: "1,2,3\n")
    #expect(result.code == 0 && result.errors.contains("does not say how inputs are scaled"))
  }

  /// One output of a file that names no loss is a score of the second class, or with a sigmoid at the end its probability.
  @Test(arguments: ["linear(1)", "linear(1) sigmoid"]) func aSingleOutputFromElsewhereIsEvaluated(network: String)
    throws
  {
    let layers = try Sequential<Float>(notation: network)
    let linear = Linear<Float>.Params(weight: Tensor(rows: [[1], [1]]), bias: Tensor([-0.5]))
    let params = Stack<Float>([linear] + (1..<layers.layers.count).map { _ in Empty<Float>() })
    try writeFile(model, Safetensors.bytes(of: params, metadata: []))
    let words = [model, "--network", network, "--dataset", "xor"]
    let result = try #require(try functionalNet(["evaluate"] + words + ["--json"]).json().first)
    #expect(result["accuracy"]?.doubleValue == 0.75, "\(result)")  // OR, where XOR was asked for
    let lines = try functionalNet(["predict"] + words).output.split(separator: "\n").dropFirst()
    #expect(lines.map { $0.prefix(2) } == ["0,", "1,", "1,", "1,"])
  }

  /// A model of an earlier version, whose network and loss both apply sigmoid, is measured as it was then.
  @Test func anEarlierModelWithSigmoidTwiceIsEvaluated() throws {
    let golden =
      String(#filePath.dropLast("Command/SavedModels.swift".count)) + "Files/Fixtures/golden/version_2_sigmoid_twice"
    let result = try functionalNet(["evaluate", golden + ".safetensors"])
    #expect(result.output.hasPrefix("accuracy: 0.5000 (2 of 4, the test part of xor)\nloss: 0.7099\n"), "\(result)")
  }

  @Test func predictRefusesWhatDoesNotFit() throws {
    _ = try train()
    let short = try functionalNet(["predict", model], input: "1,2,3\n")
    #expect(
      short.code == 1
        && short.errors.contains("standard input:1: records have 3 columns, but the network takes 4 inputs"))
    let word = try functionalNet(["predict", model], input: "1,2,3,4\n1,2,x,4\n")
    #expect(word.code == 1 && word.errors.contains("standard input:2: column 3: 'x' is not a finite number"))
    #expect(try functionalNet(["predict", model], input: "").code == 1)
    let huge = try functionalNet(["predict", model], input: "1,2,3,4\n1e200,2,3,4\n")
    #expect(huge.code == 1 && huge.errors.contains("standard input:2: column 1: '1e200' is too large"))
    let large = try functionalNet(["predict", model], input: "1,2,3,4\n1e45,2,3,4\n")
    #expect(large.code == 1 && large.errors.contains("sample 2: its numbers are too large for this network"))
    #expect(large.output.split(separator: "\n").count == 2)
    let digits = try functionalNet(["evaluate", model, "--dataset", "digits"])
    #expect(digits.code == 1 && digits.errors.contains("samples have 64 inputs, but the network takes 4"))
  }

  private func irisFile() -> String {
    String(#filePath.dropLast("Tests/Command/SavedModels.swift".count)) + "datasets/iris.csv"
  }
}

@Suite struct CheckGradientsCommand {
  private let small = ["check-gradients", "--dataset", "iris", "--hidden_neurons", "5", "--seed", "1"]

  @Test func rightGradientsPass() throws {
    let result = try functionalNet(small)
    #expect(result.code == 0 && result.output.contains("passed: 43 derivatives") && result.output.contains("0.weight["))
    #expect(
      result.errors.contains(
        "checking 43 derivatives of the network 'linear(5) relu linear(3)' on 8 samples of iris, seed 1"))
  }

  @Test func anImpossibleToleranceFails() throws {
    let result = try functionalNet(small + ["--tolerance", "1e-300", "--json"])
    let json = try #require(try result.json().first)
    #expect(result.code == 4 && json["passed"] == .bool(false) && json["worst"]?.arrayValue?.count == 10)
    #expect(try #require(json["max_error"]?.doubleValue) < 1e-7)
    #expect(result.errors.contains("is above the tolerance"))
  }
}
