/// The flags of a command line with their values.
struct Arguments {
  let syntax: CommandLineSyntax

  /// The argument without a flag; empty where there is none.
  private(set) var positional = ""
  private var given: [String: String] = [:]

  /// Reads `--name value`, `--name=value`, and `--na-me` for `--na_me`.
  init(_ words: [String], syntax: CommandLineSyntax) throws(UsageError) {
    self.syntax = syntax
    var rest = words[...]
    var positionals: [String] = []
    while let word = rest.popFirst() {
      if word == "--" {
        positionals += rest
        rest = []
      } else if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0].replacing("-", with: "_"))
        guard let flag = syntax.flags.first(where: { $0.name == name }) else {
          throw UsageError("unrecognized arguments: \(word)" + didYouMean(name, syntax.flags.map(\.name), prefix: "--"))
        }
        if flag.placeholder == nil {
          guard parts.count == 1 else { throw UsageError("argument --\(name): takes no value, got '\(parts[1])'") }
          given[name] = "true"
        } else if parts.count == 2 {
          given[name] = String(parts[1])
        } else {
          guard let value = rest.popFirst() else { throw UsageError("argument --\(name): expected one argument") }
          given[name] = value
        }
        try check(flag)
      } else if word.hasPrefix("-") && word != "-" {
        throw UsageError("unrecognized arguments: \(word)" + didYouMean(word, syntax.flags.map(\.name), prefix: "--"))
      } else {
        positionals.append(word)
      }
    }
    if let wanted = syntax.positional {
      guard let first = positionals.first else {
        throw UsageError("the following arguments are required: \(wanted.name)")
      }
      positional = first
      positionals.removeFirst()
    } else if syntax.optionalPositional != nil, !positionals.isEmpty {
      positional = positionals.removeFirst()
    }
    if let extra = positionals.first { throw UsageError("unrecognized arguments: \(extra)") }
  }

  private func check(_ flag: Flag) throws(UsageError) {
    guard let choices = flag.choices, let value = given[flag.name], !choices.contains(value) else { return }
    let list = choices.map { "'\($0)'" }.joined(separator: ", ")
    throw UsageError(
      "argument --\(flag.name): invalid choice: '\(value)' (choose from \(list))"
        + didYouMean(value, choices, prefix: ""))
  }

  // MARK: Values

  /// Whether a flag was written.
  func isGiven(_ name: String) -> Bool { given[name] != nil }

  /// The value of a flag, or what it is when it is not given; nil where that is nothing.
  func text(_ name: String) -> String? {
    guard let flag = syntax.flags.first(where: { $0.name == name }) else { fatalError("no flag --\(name) is declared") }
    return given[name] ?? flag.standard
  }

  /// A finite number for which `isGood` holds; `expected` says in words which those are.
  func number(
    _ name: String, _ expected: String, where isGood: (Double) -> Bool
  ) throws(UsageError) -> Double? {
    guard let text = text(name) else { return nil }
    guard let value = Double(text), value.isFinite else {
      throw UsageError("argument --\(name): invalid float value: '\(text)'")
    }
    guard isGood(value) else { throw UsageError("argument --\(name): \(text) is out of range, expected \(expected)") }
    return value
  }

  /// A whole number in a range.
  func integer<T: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<T>
  ) throws(UsageError) -> T? {
    guard let text = text(name) else { return nil }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw UsageError("argument --\(name): invalid int value: '\(text)'")
    }
    guard let value = T(text), range.contains(value) else {
      if !text.hasPrefix("-") && T(text) == nil { throw UsageError("argument --\(name): \(text) is too large") }
      let expected =
        range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      throw UsageError("argument --\(name): \(text) is out of range, expected \(expected)")
    }
    return value
  }
}

/// The nearest of some names, as a question, where one is near.
func didYouMean(_ word: String, _ names: [String], prefix: String) -> String {
  let plain = Array(word.drop { $0 == "-" }.lowercased().replacing("-", with: "_"))
  let near = names.map { (distance(plain, Array($0)), $0) }.min { $0 < $1 }
  guard let near, near.0 <= max(1, min(plain.count, near.1.count) / 3) + 1, near.0 < near.1.count else { return "" }
  return "; did you mean \(prefix)\(near.1)?"
}

/// How many letters must be changed, added, left out or exchanged with their neighbour.
private func distance(_ a: [Character], _ b: [Character]) -> Int {
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
