import FunctionalNet

/// The classes of records, as the words that stand for them: each word once, and for each record which it is.
struct ClassWords {
  private(set) var words: [String] = []

  /// Where each word came first.
  private(set) var lines: [Int] = []

  /// The word of each record.
  private(set) var indices: [Int] = []

  /// Words of at most seven bytes by their bytes and their length, and all that came in another way by their bytes.
  private var short: [UInt64: Int] = [:]
  private var long: [[UInt8]: Int] = [:]
  private var latest: (key: UInt64, index: Int) = (.max, 0)

  mutating func reserve(_ count: Int) { indices.reserveCapacity(count) }

  /// Adds the word of a record.
  mutating func append(_ word: String, line: Int) { indices.append(index(of: word, line: line)) }

  /// The same from UTF-8.
  mutating func append(_ text: UnsafeBufferPointer<UInt8>, line: Int) {
    guard text.count <= 7 else { return append(String(decoding: text, as: UTF8.self), line: line) }
    let key = text.reduce(UInt64(text.count)) { $0 << 8 | UInt64($1) }
    if key != latest.key {
      let index = short[key] ?? index(of: String(decoding: text, as: UTF8.self), line: line)
      short[key] = index
      latest = (key, index)
    }
    indices.append(latest.index)
  }

  /// Adds the words of the records that follow, which begin on `line`.
  mutating func append(_ others: ClassWords, line: Int) {
    let moved = zip(others.words, others.lines).map { index(of: $0, line: $1 + line - 1) }
    for index in others.indices { indices.append(moved[index]) }
  }

  private mutating func index(of word: String, line: Int) -> Int {
    let bytes = Array(word.utf8)
    if let index = long[bytes] { return index }
    long[bytes] = words.count
    words.append(word)
    lines.append(line)
    return words.count - 1
  }

  /// The classes, numbered: in order of value where all are numbers, of the alphabet otherwise. The same number is the same
  /// class, however it is written.
  func classes(column: Int, file: String) throws(FileError) -> (Labels, [String]) {
    let place = "column \(column + 1), which holds the classes (--label_column names another)"
    for (word, line) in zip(words, lines) where !isStreamSafe(word) {
      throw FileError(file, .line(line), notStreamSafe)
    }
    let areNumbers = words.allSatisfy { decimalNumber($0) != nil }
    for (word, line) in zip(words, lines) {
      if word.contains("\u{FFFD}") { throw FileError(file, .line(line), "the class is not UTF-8 text in \(place)") }
      if let number = decimalNumber(word), number != number.rounded() {
        throw FileError(
          file, .line(line),
          "'\(word)' is a fraction, not a class, in \(place); \(Dataset.adviceOnNumbers)")
      }
    }
    let plain = areNumbers ? words.map(plainNumber) : words
    var names = Array(Set(plain))
    let numbers = names.compactMap(decimalNumber)
    if numbers.count == names.count {
      let values = Dictionary(uniqueKeysWithValues: zip(names, numbers))
      names.sort { (values[$0]!, $0) < (values[$1]!, $1) }
    } else {
      names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    let labels = plain.map { positions[$0]! }
    return (Labels(indices.map { labels[$0] }), names)
  }
}

/// The same number always as the same text: 1, 1.0 and 01 are one class.
func plainNumber(_ text: String) -> String {
  decimalNumber(text).flatMap { Int(exactly: $0) }.map(String.init) ?? text
}
