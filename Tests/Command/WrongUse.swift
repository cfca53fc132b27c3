import Foundation
import TestSupport
import Testing

@testable import functional_net

@Suite struct WrongUse {
  /// What is wrong, the exit code, and words that the message must have.
  @Test(
    arguments: [
      (["--lrr", "0.1"], 2, "unrecognized arguments: --lrr; did you mean --lr?"),
      (["--hiden_neurons", "5"], 2, "unrecognized arguments: --hiden_neurons; did you mean --hidden_neurons?"),
      (["--batch-szie", "5"], 2, "did you mean --batch_size?"),
      (["-lr", "1"], 2, "unrecognized arguments: -lr; did you mean --lr?"),
      (["--zzzzzzzzz"], 2, "unrecognized arguments: --zzzzzzzzz\n"),
      (["--lr"], 2, "argument --lr: expected one argument"),
      (["--lr", "fast"], 2, "argument --lr: invalid float value: 'fast'"),
      (["--lr", "nan"], 2, "argument --lr: invalid float value: 'nan'"),
      (["--lr", "-0.1"], 2, "argument --lr: -0.1 is out of range, expected more than 0"),
      (["--lr="], 2, "argument --lr: invalid float value: ''"),
      (["--momentum", "1"], 2, "argument --momentum: 1 is out of range"),
      (["--epochs", "0"], 2, "argument --epochs: 0 is out of range, expected 1 or more"),
      (["--epochs", "2.5"], 2, "argument --epochs: invalid int value: '2.5'"),
      (["--epochs", "99999999999999999999"], 2, "argument --epochs"),
      (["--batch_size", "-3"], 2, "argument --batch_size: -3 is out of range"),
      (["--hidden_neurons", "0"], 2, "argument --hidden_neurons"),
      (["--hidden_neurons", "9000000000000000000"], 2, "more than a billion parameters"),
      (["--seed", "-1"], 2, "argument --seed: -1 is out of range"),
      (["--seed", "0x10"], 2, "argument --seed: invalid int value: '0x10'"),
      (["--threads", "0"], 2, "argument --threads: 0 is out of range, expected 1 to 256"),
      (["--precision", "half"], 2, "argument --precision: invalid choice: 'half' (choose from 'float', 'double')"),
      (["--precision", "flaot"], 2, "did you mean float?"),
      (["--test_fraction", "1"], 2, "argument --test_fraction: 1 is out of range"),
      (["--json=yes"], 2, "argument --json: takes no value"), (["trian"], 2, "invalid choice: 'trian'"),
      (["trian"], 2, "did you mean train?"),
      (["train", "digits"], 2, "unrecognized arguments: digits"),
      (["evaluate"], 2, "the following arguments are required: MODEL"),
      (["predict", "m", "--min_accuracy", "1"], 2, "unrecognized arguments: --min_accuracy"),
      (["evaluate", "m", "--min_accuracy", "2"], 2, "argument --min_accuracy: 2 is out of range"),
      (["check-gradients", "--tolerance", "0"], 2, "argument --tolerance: 0 is out of range"),
      (
        ["--label_column", "3"], 2,
        "argument --label_column: only .csv, .tsv and .npy files have a column to choose, not digits"
      ),
      (["--epochs", "99999999999999999999"], 2, "99999999999999999999 is too large"),
      (["--dataset", "nowhere.csv"], 1, "nowhere.csv: no such file or folder"),
      (["--dataset", "digit"], 1, "digit: no such file or folder; the built-in data sets are digits, iris, xor"),
      (["--dataset", "/"], 1, "no file train-images-idx3-ubyte"), (["--dataset", ""], 1, "no such file or folder"),
      (["--dataset", "iris", "--save", "/no/such/folder/m"], 1, "there is no folder /no/such/folder"),
      (["--dataset", "iris", "--save", "/"], 1, "this is a folder, not a file"),
      (["evaluate", "nowhere"], 1, "nowhere: no such file or directory"),
      (["predict", "/dev/null"], 1, "/dev/null: the file is empty, not a network or a checkpoint"),
      (["evaluate", #filePath], 1, "this is text, such as a table in CSV, not a network or a checkpoint"),
      (["resume", #filePath], 1, "give the file that --save or --checkpoint wrote; data is given with --dataset"),
      (["predict", "--dataset", "iris", functionalNetBinary.path], 1, "not a safetensors file\n"),
      (
        ["--save", "m n.onnx"], 2,
        "argument --save: what is written is safetensors, not .onnx; save it as 'm n.safetensors'; 'functional-net "
          + "export 'm n.safetensors' --to 'm n.onnx'' then makes onnx of it"
      ),
      (["--save", "m.npz"], 2, "'functional-net export m.safetensors --to m.npz' then makes npz of it"),
      (["--save", "m.pt"], 2, "save it as m.safetensors, which safetensors.torch.load_file reads in Python"),
      (["--save", "m.H5"], 2, "what is written is safetensors, not .h5; save it as m.safetensors\n"),
      (
        ["--checkpoint", "m.pth"], 2,
        "argument --checkpoint: what is written is safetensors, not .pth; call it m.checkpoint"
      ),
    ] as [([String], Int32, String)])
  func isExplained(arguments: [String], code: Int32, words: String) throws {
    let result = try functionalNet(arguments)
    #expect(result.code == code && result.errors.contains(words), "\(result)")
    #expect(result.output == "")
    #expect(result.errors.contains("error: ") && result.errors.hasPrefix("usage: functional-net") == (code == 2))
    let usage = result.errors.split(separator: "\n").prefix { !$0.hasPrefix("functional-net") }
    #expect(usage.count <= 2 && usage.allSatisfy { $0.count < 80 }, "\(usage)")
  }

  /// Before an error the first flags are enough; all of them are a command away.
  @Test func usageIsShortAndSaysWhereTheRestIs() throws {
    let train = try functionalNet(["--lrr", "1"]).errors
    #expect(
      train.hasPrefix(
        """
        usage: functional-net [train] [--dataset DATASET] [--lr LR] [--momentum M] …
               'functional-net train --help' shows all flags
        functional-net: error: unrecognized arguments: --lrr
        """), "\(train)")
    let export = try functionalNet(["export"]).errors
    #expect(
      export.hasPrefix(
        "usage: functional-net export MODEL [--to FILE] ") && export.contains("'functional-net export --help'"),
      "\(export)")
  }

  @Test func damagedDataIsExplained() throws {
    let folder = try TemporaryFolder()
    let cases: [(String, String)] = [
      ("", "there is no data in this file"), ("a,b\n1,x\n2\n", ":3: expected 2 columns as in the first line, found 1"),
      ("1,a\nx,b\n", ":2: column 1: 'x' is not a finite number"), ("1,a\n2,a\n", "all samples are of class 'a'"),
    ]
    for (text, words) in cases {
      try writeText(text, "\(folder.path)/d.csv")
      let result = try functionalNet(["--dataset", "\(folder.path)/d.csv"])
      #expect(result.code == 1 && result.errors.contains(words), "\(result)")
    }
  }

  @Test func helpIsInTheFamiliarShape() throws {
    for flag in ["-h", "--help"] {
      let result = try functionalNet([flag])
      #expect(
        result.code == 0 && result.errors == ""
          && result.output.hasPrefix("usage: functional-net [train] [-h] [--dataset DATASET]"))
      let usage = result.output.components(separatedBy: "\n\n")[0]
      for flag in trainSyntax.flags { #expect(usage.contains("[--\(flag.name)"), "\(flag.name)") }
      for line in [
        "options:\n  -h, --help              show this help message and exit",
        "  --lr LR                 learning rate (default: 0.03; for sgd 0.1,", "commands:", "  check-gradients ",
      ] {
        #expect(result.output.contains(line), "\(line)")
      }
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
    for command in ["train", "evaluate", "predict", "check-gradients"] {
      let result = try functionalNet([command, "--help"])
      #expect(
        result.code == 0 && result.output.contains("usage: functional-net \(command == "train" ? "[train]" : command)"))
      let words = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(words.contains("as its first lines tell (default: \(command == "evaluate" ? "as in training" : "auto"))"))
    }
  }

  @Test func versionIsAnswered() throws {
    let result = try functionalNet(["--version"])
    #expect(result.code == 0 && result.output.wholeMatch(of: /functional-net \d+\.\d+\.\d+\n/) != nil)
  }

  @Test func colourIsForThoseWhoWantIt() throws {
    let wrong = ["--dataset", "nowhere.csv"]
    #expect(!(try functionalNet(wrong).errors.contains("\u{1B}")))
    #expect(try functionalNet(wrong + ["--color", "always"]).errors.contains("\u{1B}[31merror:\u{1B}[0m"))
    #expect(
      try functionalNet(wrong, environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": ""]).errors.contains("\u{1B}[31m"))
    #expect(
      !(try functionalNet(wrong, environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).errors.contains("\u{1B}")))
    #expect(
      !(try functionalNet(wrong + ["--color=never"], environment: ["CLICOLOR_FORCE": "1"]).errors.contains("\u{1B}")))
  }
}
