import Foundation
import FunctionalNetIO
import TestSupport
import Testing

/// The command with networks of layers, and the programs that five small NumPy projects are about, as one line each.
@Suite struct Networks {
  private func train(_ words: String, _ more: [String] = []) throws -> (start: JSON, end: JSON, epochs: Int) {
    let result = try functionalNet(words.split(separator: " ").map(String.init) + more + ["--json", "--quiet"])
    let lines = try result.json()
    #expect(result.code == 0 && result.errors == "", "\(result)")
    return (try #require(lines.first), try #require(lines.last), lines.count - 2)
  }

  private func accuracy(_ end: JSON) throws -> Double { try #require(end["test_accuracy"]?.doubleValue) }

  // MARK: The programs

  @Test func theTwoLayerProgram() throws {
    let (start, end, _) = try train("--lr 0.1 --momentum 0.9 --hidden_neurons 20 --epochs 3 --batch_size 32 --seed 1")
    #expect(start["parameters"] == .integer(64 * 20 + 20 + 20 * 10 + 10))
    #expect(try accuracy(end) > 0.85)
  }

  @Test func theModularNetwork() throws {
    let network = ["--network", "linear(100) relu linear(50) relu linear(10)"]
    let (start, end, _) = try train("--epochs 3 --seed 1", network)
    #expect(start["parameters"] == .integer(65 * 100 + 101 * 50 + 51 * 10))
    #expect(try accuracy(end) > 0.85)
    let named = try train("--network mlp --epochs 3 --seed 1")
    #expect(named.end["parameters_crc32"] == end["parameters_crc32"])
  }

  @Test func theConvolutionalNetworkOnAThousandImages() throws {
    let (start, end, epochs) = try train(
      "--samples 1000 --epochs 6 --batch_size 20 --lr 0.05 --seed 1",
      ["--network", "conv2d(4) relu conv2d(4) relu maxpool2d(2) flatten linear(10)"])
    #expect(start["dataset"]?["training_samples"] == .integer(1000) && epochs == 6)
    #expect(try accuracy(end) > 0.85)
  }

  @Test func theExampleNetwork() throws {
    let (_, end, _) = try train("--network cnn --dataset digits --epochs 2 --batch_size 32 --lr 0.05 --seed 3")
    #expect(try accuracy(end) > 0.8)
  }

  @Test func xorIsSolved() throws {
    for (seed, network) in ["two-layer", "linear(8) tanh linear(2)", "linear(8) sigmoid linear(1)"].enumerated() {
      let isOne = network.hasSuffix("linear(1)")
      let (_, end, _) = try train(
        "--dataset xor --epochs 400 --batch_size 4 --lr 0.5 --hidden_neurons 16 --seed \(seed)"
          .replacing(network == "two-layer" ? "" : " --hidden_neurons 16", with: ""),
        ["--network", network, "--loss", isOne ? "binary_cross_entropy" : "cross_entropy"])
      #expect(try accuracy(end) == 1, "\(network)")
    }
  }

  /// Two classes with one output: a score for the loss that applies sigmoid, or the probability that a sigmoid at the end makes.
  @Test func twoClassesWithOneOutput() throws {
    let folder = try TemporaryFolder()
    let model = "\(folder.path)/m"
    let (_, end, _) = try train(
      "--dataset xor --epochs 300 --batch_size 4 --lr 0.5 --seed 1 --loss mean_squared",
      ["--network", "linear(8) tanh linear(1) sigmoid", "--save", model])
    #expect(try accuracy(end) == 1)
    #expect(try functionalNet(["evaluate", model, "--json"]).json().first?["accuracy"]?.doubleValue == 1)
    let lines = try functionalNet(["predict", model, "--dataset", "xor"]).output.split(separator: "\n").dropFirst()
    #expect(lines.map { $0.prefix(2) } == ["0,", "1,", "1,", "0,"])
    #expect(
      lines.allSatisfy { $0.split(separator: ",").dropFirst().compactMap { Double($0) }.max()! > 0.75 }, "\(lines)")
  }

  @Test(arguments: [
    ("linear(1)", "cross_entropy", "end it with linear(2), or train with --loss binary_cross_entropy\n"),
    ("linear(1)", "mean_squared", "end it with linear(2), or train with --loss binary_cross_entropy\n"),
    (
      "linear(1) sigmoid", "cross_entropy",
      "end it with linear(2), or train with --loss binary_cross_entropy, without the sigmoid at the end\n"
    ),
    (
      "linear(1) sigmoid", "binary_cross_entropy",
      "sigmoid: the loss binary_cross_entropy takes scores and applies sigmoid by itself; leave this layer out, or train with "
        + "--loss mean_squared\n"
    ),
    ("linear(1) softmax", "cross_entropy", "end it with linear(2)"),
    ("linear(1) softmax", "binary_cross_entropy", "applies sigmoid by itself; leave this layer out\n"),
    ("linear(2) softmax", "binary_cross_entropy", "softmax: the loss binary_cross_entropy takes scores"),
  ]) func oneOutputNeedsItsLoss(network: String, loss: String, words: String) throws {
    let result = try functionalNet(["--dataset", "xor", "--network", network, "--loss", loss])
    #expect(
      result.code == 2 && result.errors.contains("argument --network: ") && result.errors.contains(words), "\(result)")
  }

  /// The derivatives of a network that should not be trained so are still derivatives.
  @Test func gradientsOfAnActivationAppliedTwiceAreChecked() throws {
    let result = try functionalNet([
      "check-gradients", "--dataset", "iris", "--network", "linear(3) softmax", "--seed", "1", "--quiet",
    ])
    #expect(result.code == 0 && result.output.contains("passed: 15 derivatives"), "\(result)")
  }

  @Test func digitsWithAdamAndMeanSquare() throws {
    let (_, end, _) = try train(
      "--optimizer adam --loss mean_squared --lr 0.01 --epochs 8 --hidden_neurons 30 --seed 1")
    #expect(try accuracy(end) > 0.85)
  }

  // MARK: Flags

  @Test(arguments: LearningFlags.optimizers) func everyOptimizerLearns(optimizer: String) throws {
    let lr = ["sgd", "momentum", "nesterov"].contains(optimizer) ? "0.1" : "0.01"
    let (start, end, _) = try train(
      "--dataset iris --epochs 20 --batch_size 8 --lr \(lr) --optimizer \(optimizer) --seed 1")
    #expect(start["configuration"]?["optimizer"] == .string(optimizer))
    #expect(try accuracy(end) > 0.85)
  }

  @Test(arguments: LearningFlags.losses) func everyLossLearns(loss: String) throws {
    let lr = loss == "half_squared_sum" ? "0.002" : "0.1"
    let (start, end, _) = try train("--dataset iris --epochs 30 --batch_size 8 --lr \(lr) --loss \(loss) --seed 1")
    #expect(start["configuration"]?["loss"] == .string(loss))
    #expect(try accuracy(end) > 0.85)
  }

  @Test func schedulesChangeTheRate() throws {
    func rates(_ schedule: String) throws -> [Double] {
      try functionalNet(
        [
          "--dataset", "iris", "--epochs", "4", "--lr", "0.1", "--seed", "1", "--json", "--quiet", "--schedule",
          schedule,
        ]
      ).json().compactMap { $0["lr"]?.doubleValue }
    }
    #expect(try rates("constant") == [0.1, 0.1, 0.1, 0.1])
    #expect(try rates("step(2,0.5)") == [0.1, 0.1, 0.05, 0.05])
    let falling = try rates("exponential(0.5)")
    #expect(zip(falling, [0.1, 0.05, 0.025, 0.0125]).allSatisfy { abs($0 - $1) < 1e-15 } && falling.count == 4)
    let cosine = try rates("cosine")
    #expect(zip(cosine, [0.1, 0.08535533905932738, 0.05, 0.014644660940672627]).allSatisfy { abs($0 - $1) < 1e-15 })
    let warm = try rates("warmup(2) constant")
    #expect(warm[0] < 0.02 && warm[1] > 0.05 && warm[1] < 0.1 && warm[2] == 0.1)
    #expect(try rates("plateau(0,0.5)").last! <= 0.1)
  }

  @Test func patienceKeepsTheBest() throws {
    let folder = try TemporaryFolder()
    let model = "\(folder.path)/m.safetensors"
    let result = try functionalNet([
      "--lr", "0.5", "--epochs", "40", "--patience", "2", "--seed", "1", "--json", "--quiet", "--save", model,
    ])
    let lines = try result.json()
    let losses = lines.compactMap { $0["test_loss"]?.doubleValue }
    let end = try #require(lines.last)
    let best = try #require(losses.min())
    let bestEpoch = try #require(losses.firstIndex(of: best)) + 1
    #expect(end["reason"] == .string("early_stopping") && losses.count == bestEpoch + 2 && losses.count < 40)
    #expect(end["best_epoch"] == .integer(bestEpoch))
    let evaluation = try #require(try functionalNet(["evaluate", model, "--json"]).json().first)
    #expect(evaluation["loss"]?.doubleValue == best && evaluation["accuracy"] == end["test_accuracy"])
  }

  @Test func savedNetworksAreUsed() throws {
    let folder = try TemporaryFolder()
    let model = "\(folder.path)/m.safetensors"
    let network = "conv2d(3,padding=1) batchnorm2d leakyrelu(0.1) avgpool2d(2) dropout(0.1) flatten linear(10)"
    let (_, end, _) = try train("--epochs 2 --seed 1", ["--network", network, "--save", model])
    let evaluation = try #require(try functionalNet(["evaluate", model, "--json"]).json().first)
    #expect(evaluation["accuracy"] == end["test_accuracy"])
    let row = Array(repeating: "3", count: 64).joined(separator: ",")
    let predictions = try functionalNet(["predict", model], input: row + "\n" + row + "\n").output.split(
      separator: "\n")
    #expect(predictions.count == 3 && predictions[1] == predictions[2])
    let summary = try #require(try functionalNet(["summary", model, "--json"]).json().first)
    #expect(summary["network"] == .string(network) && summary["input_shape"] == .array([1, 8, 8].map { .integer($0) }))
  }

  @Test func summaryNeedsNoData() throws {
    let result = try functionalNet(["summary", "--network", "cnn", "--json"])
    let json = try #require(try result.json().first)
    #expect(json["parameters"] == .integer(80 + 1168 + 7850))
    #expect(json["multiply_adds"] == .integer(8 * 9 * 784 + 16 * 72 * 196 + 7840))
    #expect(json["layers"]?.arrayValue?.map { $0["position"]?.integerValue } == Array(1...8))
    let people = try functionalNet(["summary", "--network", "conv2d(4) relu", "--input_shape", "3x8x8"])
    #expect(people.code == 0 && people.output.contains("4×6×6") && people.output.contains("112"))
    #expect(people.output.contains("    1  conv2d(4)") && people.output.contains("    2  relu"))
  }

  @Test(arguments: [
    "cnn", "linear(6) gelu layernorm linear(10)",
    "conv2d(2,stride=2) batchnorm2d elu residual(conv2d(2,padding=1) sigmoid) flatten dropout(0.5) linear(10)",
  ]) func gradientsOfNetworksPass(network: String) throws {
    let result = try functionalNet([
      "check-gradients", "--network", network, "--batch_size", "3", "--seed", "2", "--json",
    ])
    let json = try #require(try result.json().first)
    #expect(result.code == 0 && json["passed"] == .bool(true), "\(result)")
  }

  @Test func threadsDoNotMatter() throws {
    let words = "--network cnn --epochs 1 --seed 5"
    let one = try train(words + " --threads 1").end["parameters_crc32"]
    for threads in ["2", "3"] { #expect(try train(words + " --threads \(threads)").end["parameters_crc32"] == one) }
    let portable = try functionalNet(
      (words + " --json --quiet").split(separator: " ").map(String.init),
      environment: ["FUNCTIONAL_NET_ISA": "portable"])
    #expect(try portable.json().last?["parameters_crc32"] == one)
  }

  @Test(arguments: [
    ("linear(10) relx", "did you mean relu?"), ("cmm", "did you mean cnn?"), ("linear(9)", "there are 10 classes"),
    ("conv2d(8,11) flatten linear(10)", "layer 1 conv2d: a kernel of 11×11 does not fit into an image of 8×8"),
    ("linear(5) conv2d(3) flatten linear(10)", "layer 2 conv2d: takes images"), ("linear(", "expected a number"),
    ("linear(100000000) linear(100000000) linear(10)", "more than a billion"), ("", "at least one layer"),
    (
      "linear(10) softmax",
      "softmax: the loss cross_entropy takes scores and applies softmax by itself; leave this layer out, or train with --loss mean_squared\n"
    ),
    ("sequential(linear(10) sigmoid)", "sigmoid: the loss cross_entropy takes scores and applies softmax by itself"),
    ("dense(10)", "there is no layer 'dense'; did you mean linear?\n"), ("linear(9) FC(10)", "did you mean linear?"),
    ("conv(8) flatten linear(10)", "did you mean conv2d?"), ("max_pool2d(2)", "did you mean maxpool2d?"),
    ("linear(9) bn relu", "did you mean batchnorm1d (for vectors) or batchnorm2d (for images)?"),
    (
      "residual(conv2d(2,3)) flatten linear(10)",
      "layer 1 residual: makes [2, 6, 6] of samples of shape [1, 8, 8], and cannot add [1, 8, 8] to that"
    ),
    ("residual(linear(5)) linear(10)", "layer 1 residual: makes [5] of samples of shape [64], and cannot add [64]"),
    ("residual(conv2d(1,padding=1), conv2d(1)) flatten linear(10)", "makes [1, 8, 8] of samples of shape [1, 8, 8]"),
  ]) func wrongNetworksAreExplained(network: String, words: String) throws {
    let result = try functionalNet(["--network", network])
    #expect(result.code == 2 && result.errors.contains(words), "\(result.errors)")
  }

  @Test(arguments: [
    (["--schedule", "cosin"], "is none of constant"), (["--schedule", "step(0,0.5)"], "is none of constant"),
    (["--network", "linear(10)", "--dropout", "0.1"], "as in dropout(0.1)"), (["--dropout", "1"], "out of range"),
    (["--network", "cnn", "--hidden_neurons", "5"], "no layer of hidden neurons"),
    (["--optimizer", "adam", "--momentum", "0.5"], "has none"), (["--weight_decay", "-1"], "out of range"),
    (["--optimizer", "adm"], "did you mean adam?"), (["--loss", "mse"], "invalid choice"),
    (["--patience", "0"], "out of range"),
  ]) func wrongFlagsAreExplained(flags: [String], words: String) throws {
    let result = try functionalNet(flags)
    #expect(result.code == 2 && result.errors.contains(words), "\(result.errors)")
  }
}

private enum LearningFlags {
  static let optimizers = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
  static let losses = [
    "cross_entropy", "mean_squared", "half_squared_sum", "mean_absolute", "huber", "binary_cross_entropy",
  ]
}
