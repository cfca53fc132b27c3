import FunctionalNet
import FunctionalNetIO

/// What to time, as the command line says it: `--name value` or `--name=value`; lists are separated by commas. Everything is
/// checked before anything is timed.
struct Options {
  private(set) var what: [String] = []
  private(set) var data: String?
  private(set) var hidden = [30, 100, 500]
  private(set) var batch = [1, 10, 64, 128, 256]
  private(set) var threads = [1, 2]
  private(set) var precision = ["float", "double"]
  private(set) var network: String?
  private(set) var epochs = 3
  private(set) var samples = 60_000
  private(set) var isJSON = false
  private(set) var isHelp = false

  private static let benchmarks = ["products", "inference", "training", "loading"]

  init(_ words: [String]) throws(FileError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch parts.first ?? "" {
      case "--json": isJSON = true
      case "--help", "-h", "help": isHelp = true
      case let name where name.hasPrefix("-"):
        guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
          throw FileError(name, nil, "a value is missing")
        }
        try set(name, value)
      default:
        guard Options.benchmarks.contains(word) else {
          throw FileError(word, nil, "no such benchmark; there are \(Options.benchmarks.joined(separator: ", "))")
        }
        what.append(word)
      }
    }
    if what.isEmpty { what = Options.benchmarks }
  }

  private mutating func set(_ name: String, _ value: String) throws(FileError) {
    switch name {
    case "--data": data = value
    case "--network":
      do throws(NotationError) { _ = try Sequential<Float>(notation: value) } catch {
        throw FileError(name, nil, "\(error)")
      }
      network = value
    case "--hidden": hidden = try positive(name, value, atMost: 100_000)
    case "--batch": batch = try positive(name, value, atMost: 1_000_000)
    case "--threads": threads = try positive(name, value, atMost: 256)
    case "--epochs": epochs = try positive(name, value, atMost: 1_000_000)[0]
    case "--samples": samples = try positive(name, value, atMost: 100_000_000)[0]
    case "--precision":
      precision = value.split(separator: ",").map(String.init)
      guard !precision.isEmpty, precision.allSatisfy({ ["float", "double"].contains($0) }) else {
        throw FileError(name, nil, "'\(value)' is not float, double or float,double")
      }
    default: throw FileError(name, nil, "no such option; --help tells which there are")
    }
  }

  private func positive(_ name: String, _ value: String, atMost most: Int) throws(FileError) -> [Int] {
    let numbers = value.split(separator: ",").map { Int($0) ?? 0 }
    guard !numbers.isEmpty, numbers.allSatisfy({ 1 <= $0 && $0 <= most }) else {
      throw FileError(name, nil, "'\(value)' is not a list of whole numbers from 1 to \(most)")
    }
    return numbers
  }

  static let help = """
    usage: functional-net-benchmark [training] [inference] [products] [loading] [options]

    Times the library: seconds of training an epoch, inference of one sample and of many (784-100-10, Float), matrix products
    against the processor's peak, reading data and starting the command. Without a word, all of it.

      --data DATA          what to train on and to load: a folder of IDX files or any data set of functional-net
                           (default: random numbers of MNIST's shape, and nothing to load)
      --hidden 30,100      hidden units            --batch 1,10,64      samples in a batch
      --network NOTATION   what to train instead, such as "conv2d(8) relu maxpool2d(2) flatten linear(10)"
      --threads 1,2        threads                 --precision float,double
      --epochs 3           epochs to take the median of, after one that is not counted
      --samples 60000      the first samples only
      --json               one object a line
    """
}
