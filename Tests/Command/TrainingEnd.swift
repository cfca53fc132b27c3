import Foundation
import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@testable import functional_net

/// What a run says when it ends: whose network it reports and saves, and what should make one wonder.
@Suite struct TrainingEnd {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = "\(folder.path)/m.safetensors"
  }

  /// A run whose test loss is lowest in the middle.
  private let overfitting = [
    "--dataset", "iris", "--lr", "0.2", "--batch_size", "8", "--hidden_neurons", "20", "--epochs", "12", "--seed", "3",
    "--json",
  ]

  private func epoch(_ lines: [JSON], withLowest name: String) throws -> Int {
    let losses = lines.compactMap { $0["event"] == .string("epoch") ? $0[name]?.doubleValue : nil }
    return try #require(losses.indices.min { losses[$0] < losses[$1] }) + 1
  }

  // MARK: Whose network it is

  @Test func withoutPatienceItIsTheLast() throws {
    let result = try functionalNet(overfitting + ["--save", model])
    let lines = try result.json()
    let end = try #require(lines.last)
    let best = try epoch(lines, withLowest: "test_loss")
    #expect(best < 12 && end["best_epoch"] == .integer(best) && end["saved_epoch"] == .integer(12))
    #expect(end["test_accuracy"] == lines[12]["test_accuracy"] && !result.errors.contains("the network is that of"))
    let evaluation = try #require(try functionalNet(["evaluate", model, "--json"]).json().first)
    #expect(evaluation["loss"] == lines[12]["test_loss"])
  }

  @Test(arguments: [(2, true), (100, false)]) func withPatienceItIsTheBest(patience: Int, isEarly: Bool) throws {
    let result = try functionalNet(overfitting + ["--patience", "\(patience)", "--save", model])
    let lines = try result.json()
    let end = try #require(lines.last)
    let best = try epoch(lines, withLowest: "test_loss")
    #expect(end["reason"] == .string(isEarly ? "early_stopping" : "finished"))
    #expect(best < 12 && end["best_epoch"] == .integer(best) && end["saved_epoch"] == .integer(best))
    #expect(end["test_accuracy"] == lines[best]["test_accuracy"])
    let words = "the network is that of epoch \(best), whose test loss was the lowest\n"
    #expect(result.errors.contains((isEarly ? "\nstopped early: " : "\n") + words), "\(result.errors)")
    let evaluation = try #require(try functionalNet(["evaluate", model, "--json"]).json().first)
    #expect(evaluation["loss"] == lines[best]["test_loss"])
  }

  @Test func withoutATestPartItIsTheTrainingLoss() throws {
    let result = try functionalNet(overfitting + ["--lr", "0.5", "--test_fraction", "0", "--patience", "2"])
    let lines = try result.json()
    let best = try epoch(lines, withLowest: "loss")
    #expect(lines.last?["best_epoch"] == .integer(best) && lines.last?["saved_epoch"] == .integer(best))
    #expect(result.errors.contains("epoch \(best), whose training loss was the lowest"), "\(result.errors)")
  }

  @Test func anInterruptedRunGivesTheBestWithPatience() throws {
    let process = Process()
    process.executableURL = functionalNetBinary
    process.arguments = [
      "--dataset", "iris", "--json", "--quiet", "--epochs", "1000000", "--patience", "1000000", "--save", model,
    ]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    var text = output.readLines(3)
    kill(process.processIdentifier, SIGINT)
    text += output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let lines = try text.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) }
    let best = try epoch(lines, withLowest: "test_loss")
    let end = try #require(lines.last)
    #expect(end["reason"] == .string("interrupted"))
    #expect(end["best_epoch"] == .integer(best) && end["saved_epoch"] == .integer(best))
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(message.contains("; the network of epoch \(best), the best so far, is saved in \(model)"), "\(message)")
    let evaluation = try #require(try functionalNet(["evaluate", model, "--json"]).json().first)
    #expect(evaluation["loss"] == lines[best]["test_loss"])
  }

  @Test func aRunThatDivergesAtOnceSavesTheNetworkOfNoEpoch() throws {
    let result = try functionalNet(["--dataset", "iris", "--lr", "1e9", "--seed", "2", "--json"])
    let end = try #require(try result.json().last)
    #expect(result.code == 3 && end["best_epoch"] == .some(.null) && end["saved_epoch"] == .some(.null))
  }

  @Test func theBestEpochIsTheFirstWithTheLowestLoss() {
    let progress = RunProgress(losses: [3, 1, 2, 1])
    #expect(progress.bestEpoch == 2 && progress.epochs == 4)
    #expect(progress.isStale(patience: 2) && !progress.isStale(patience: 3) && !progress.isStale(patience: nil))
    #expect(RunProgress().bestEpoch == nil && !RunProgress().isStale(patience: 1))
    #expect(RunProgress(losses: [.nan, .infinity, 5, .nan]).bestEpoch == 3)
  }

  /// What is not a number has no sign.
  @Test func aLossThatIsNotANumberIsNan() {
    let stop = Divergence(loss: -.nan, epoch: 1, batch: 2, lr: 0.1, layer: nil, isOfGradient: false)
    #expect("\(stop)".hasPrefix("the loss is nan at epoch 1"))
    #expect(fixed(-.nan, 4) == "nan" && scientific(-.nan) == "nan" && shortLoss(-.infinity) == "-inf")
  }

  @Test func oneIsSingular() throws {
    #expect(quantity(1, "input") == "1 input" && quantity(1234, "input") == "1234 inputs")
    try writeText("a,kind\n" + (0..<20).map { "\($0),\($0 % 2)\n" }.joined(), "\(folder.path)/t.csv")
    let result = try functionalNet(["--dataset", "\(folder.path)/t.csv", "--epochs", "1", "--save", "\(folder.path)/m"])
    #expect(result.errors.contains("1 input, 2 classes"), "\(result)")
    _ = try functionalNet(["--dataset", "xor", "--epochs", "1", "--save", model])
    try writeText("1,0\n2,1\n", "\(folder.path)/t.csv")
    let other = try functionalNet(["evaluate", model, "--dataset", "\(folder.path)/t.csv"])
    #expect(other.code == 1 && other.errors.contains("samples have 1 input, but the network takes 2\n"), "\(other)")
  }

  // MARK: Warnings

  private func result(loss: Double, _ training: [[Int]], test: [[Int]]?) -> EpochResult {
    EpochResult(
      epoch: 1, training: Evaluation(loss: loss, confusion: training),
      test: test.map { Evaluation(loss: 1, confusion: $0) })
  }

  private func warnings(
    _ result: EpochResult, firstLoss: Double = 0.7, hasLabelColumn: Bool = false
  ) -> [String] {
    result.warnings(firstLoss: firstLoss, lr: 0.5, classNames: ["no", "yes"], hasLabelColumn: hasLabelColumn)
  }

  @Test func aLossAboveTheFirstIsAWarning() {
    let good = [[50, 0], [0, 60]]
    #expect(warnings(result(loss: 0.7, good, test: nil)) == [])
    #expect(
      warnings(result(loss: 0.7125, good, test: good)) == [
        "the training loss ended at 0.7125, above the 0.7000 of the first parameters; try an --lr of less than 0.5"
      ])
  }

  /// A loss that is above the first one by rounding, or by less than the figures show, is as good as the same.
  @Test(arguments: [(2.3026, 2.302601), (2.3026, 2.3046), (0.0123, 0.01232), (1e-5, 1.0005e-5)])
  func aLossAsLargeAsTheFirstIsNoWarning(first: Double, last: Double) {
    #expect(warnings(result(loss: last, [[50, 0], [0, 60]], test: nil), firstLoss: first) == [])
  }

  /// The most frequent class is that of the training part, and what it is right for is counted in the test part.
  @Test func anAccuracyLikeThatOfTheMostFrequentClassIsAWarning() {
    let training = [[20, 20], [30, 30]]
    #expect(
      warnings(result(loss: 0.5, training, test: [[4, 2], [3, 1]])) == []
        && warnings(result(loss: 0.5, training, test: [[3, 2], [3, 2]])).count == 1)
    #expect(
      warnings(result(loss: 0.5, training, test: [[2, 1], [5, 2]])) == [
        "the test accuracy of 0.4000 is no better than naming the most frequent class, 'yes', every time, which is right 7 times "
          + "of 10; try another --lr, or more --epochs"
      ])
    #expect(
      warnings(result(loss: 0.5, training, test: [[2, 1], [5, 2]]), hasLabelColumn: true).first?.hasSuffix(
        "try another --lr, or more --epochs, and see that --label_column names the column of the classes") == true)
    #expect(warnings(result(loss: 0.5, training, test: [[0, 2], [5, 2]])) == [])  // too few to tell
    #expect(
      warnings(result(loss: 0.5, training, test: nil)).first?.hasPrefix("the training accuracy of 0.5000") == true)
  }

  @Test(arguments: [
    (["--lr", "3", "--epochs", "1"], "the training loss ended at "),
    (
      ["--lr", "1e-9", "--initializer", "zeros"],
      "the test accuracy of 0.3333 is no better than naming the most frequent class"
    ),
  ]) func warningsAreSaidAndAreInTheEnd(flags: [String], words: String) throws {
    let result = try functionalNet(["--dataset", "iris", "--seed", "1", "--json", "--quiet"] + flags)
    let warnings = try #require(try result.json().last?["warnings"]?.arrayValue).compactMap(\.stringValue)
    #expect(result.code == 0 && warnings.contains { $0.hasPrefix(words) }, "\(result)")
    #expect(result.errors == warnings.map { "functional-net: warning: \($0)\n" }.joined())
  }

  @Test func aGoodRunWarnsOfNothing() throws {
    let result = try functionalNet(["--dataset", "iris", "--seed", "1", "--json", "--quiet"])
    #expect(try result.json().last?["warnings"] == .array([]) && result.errors == "")
  }
}
