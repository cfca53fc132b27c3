import FunctionalNetIO

/// `--name value` pairs; lists are separated by commas.
struct Options {
  private var values: [String: String] = [:]
  private(set) var what: [String] = []

  private static let known = [
    "data", "hidden", "batch", "threads", "precision", "epochs", "samples", "lr", "json", "help",
  ]

  init(_ words: [String]) throws(FileError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        what.append(word)
        continue
      }
      let name = String(word.dropFirst(2))
      guard Options.known.contains(name) else {
        throw FileError(word, nil, "no such option; --help tells which there are")
      }
      values[name] = name == "json" || name == "help" ? "" : rest.popFirst() ?? ""
    }
  }

  func isGiven(_ name: String) -> Bool { values[name] != nil }
  func text(_ name: String) -> String? { values[name] }

  /// Positive whole numbers.
  func integers(_ name: String, _ standard: [Int]) throws(FileError) -> [Int] {
    guard let text = values[name] else { return standard }
    let numbers = text.split(separator: ",").map { Int($0) ?? 0 }
    guard !numbers.isEmpty, numbers.allSatisfy({ $0 > 0 }) else {
      throw FileError("--\(name)", nil, "'\(text)' is not a list of positive whole numbers")
    }
    return numbers
  }

  static let help = """
    usage: functional-net-benchmark [training] [inference] [products] [loading] [options]

    Times the library: seconds of training an epoch, inference of one sample and of many, matrix products against the
    processor's peak, reading data. Without a word, all of it.

      --data FOLDER        IDX files named like MNIST's (default: random numbers of MNIST's shape; loading is left out)
      --hidden 30,100      hidden units            --batch 1,10,64      samples in a batch
      --threads 1,2        threads                 --precision float,double
      --epochs 3           epochs to take the median of, after one that is not counted
      --samples 60000      the first samples only
      --json               one object a line
    """
}
