/// The character that separates the columns of a table.
public struct Separator: Equatable, Sendable, CustomStringConvertible {
  let byte: UInt8

  public static let comma = Separator(byte: UInt8(ascii: ","))
  public static let semicolon = Separator(byte: UInt8(ascii: ";"))
  public static let tab = Separator(byte: UInt8(ascii: "\t"))
  public static let pipe = Separator(byte: UInt8(ascii: "|"))

  /// Those that are looked for where nobody says which it is.
  static let usual = [comma, semicolon, tab]

  private static let names = [("comma", comma), ("semicolon", semicolon), ("tab", tab), ("pipe", pipe)]

  private init(byte: UInt8) { self.byte = byte }

  /// The separator of a name, `comma`, `semicolon`, `tab` or `pipe`, or of a single character that can be no part of a number,
  /// a quote or a comment; nil for any other text.
  public init?(_ text: String) {
    if let named = Self.names.first(where: { $0.0 == text }) {
      self = named.1
      return
    }
    guard text.utf8.count == 1, let byte = text.utf8.first else { return nil }
    let isUsable = byte == UInt8(ascii: "\t") || (0x21...0x7E).contains(byte) && !"\"#+-._".utf8.contains(byte)
    let isWordCharacter =
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    guard isUsable, !isWordCharacter else { return nil }
    self.init(byte: byte)
  }

  /// As a message calls it.
  public var description: String { self == .tab ? "a tab" : "'\(Character(UnicodeScalar(byte)))'" }
}

// MARK: Finding the separator

extension DelimitedText {
  /// Chooses the separator of a text that is there as a whole, by its first records: the one that gives all of them the same
  /// number of fields, more than one. Where several do, it is the one whose fields are numbers, but for one column, which may
  /// hold the classes, and the first record, which may be a header.
  ///
  /// - Throws: `FileError` where two separators fit equally well.
  mutating func chooseSeparator() throws(FileError) {
    let samples = Separator.usual.map { firstRecords(separatedBy: $0) }
    let regular = samples.filter { sample in
      guard let width = sample.records.first?.count, width > 1 else { return false }
      return sample.isSound && sample.records.allSatisfy { $0.count == width }
    }
    if regular.isEmpty {
      // None fits: the reader says what is wrong, with the separator that gives the first record the largest number of fields.
      let widest = samples.max { $0.width < $1.width }
      delimiter = (widest.flatMap { $0.width > 1 ? $0.separator : nil } ?? .comma).byte
      return
    }
    let scores = regular.map { numericShare(of: $0.records) }
    let best = zip(regular, scores).filter { $0.1 == scores.max() }.map(\.0.separator)
    guard best.count == 1 else { throw ambiguous(best) }
    delimiter = best[0].byte
  }

  /// Chooses the separator of a text that may come in pieces, by its first record alone.
  ///
  /// - Parameter rank: how well a first record with these fields fits what is expected: 0 where it does not.
  /// - Throws: `FileError` where two separators fit equally well.
  mutating func chooseSeparator(ranking rank: ([String]) -> Int) throws(FileError) {
    var found: [(separator: Separator, fields: [String], rank: Int)] = []
    var failure: FileError?
    for separator in Separator.usual {
      delimiter = separator.byte
      do throws(FileError) {
        var fields: [Field] = []
        guard try next(&fields) else { return }
        let texts = fields.map(text)
        guard texts.allSatisfy(isStreamSafe) else { throw FileError(file, .line(line), notStreamSafe) }
        found.append((separator, texts, rank(texts)))
      } catch {
        if hasFailed { throw error }
        failure = failure ?? error
      }
      goBack()
    }
    delimiter = Separator.comma.byte
    guard let highest = found.map(\.rank).max() else {
      if let failure { throw failure }
      return
    }
    let best = found.filter { $0.rank == highest }
    if highest > 0, Set(best.map(\.fields)).count > 1 { throw ambiguous(best.map(\.separator)) }
    let widest = best.max { $0.fields.count < $1.fields.count }
    delimiter = (widest.map { $0.fields.count > 1 ? $0.separator : .comma } ?? .comma).byte
  }

  private func ambiguous(_ separators: [Separator]) -> FileError {
    let names = separators.map(\.description).joined(separator: " or ")
    return FileError(
      file, .line(max(line, 1)), "the columns may be separated by \(names); --separator says by which")
  }

  /// What a separator makes of the first records: for each field, whether it is like a number.
  private struct FirstRecords {
    let separator: Separator
    var records: [[Bool]] = []

    /// Whether all of them could be read; a quote in the middle of a field, for example, is an error.
    var isSound = true

    var width: Int { records.first?.count ?? 0 }
  }

  private func firstRecords(separatedBy separator: Separator) -> FirstRecords {
    var (text, result) = (self, FirstRecords(separator: separator))
    text.delimiter = separator.byte
    var fields: [Field] = []
    do throws(FileError) {
      while result.records.count < 50, try text.next(&fields) {
        result.records.append(fields.map { text.isLikeNumber($0, separator) })
      }
    } catch {
      result.isSound = false
    }
    return result
  }

  /// Whether a field holds a number, a mark of a missing value, or a number with a decimal comma.
  private func isLikeNumber(_ field: Field, _ separator: Separator) -> Bool {
    number(field) != nil || isMissing(field) || separator != .comma && hasDecimalComma(field)
  }

  /// Whether a field holds a number whose decimal point is a comma, such as `1,5`.
  func hasDecimalComma(_ field: Field) -> Bool {
    let parts = bytes[field.range].split(separator: Separator.comma.byte, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].first.map({ (0x30...0x39).contains($0) }) ?? false else { return false }
    return decimalNumber(String(decoding: parts[0] + [UInt8(ascii: ".")] + parts[1], as: UTF8.self)) != nil
  }

  /// The share of fields that are like numbers, leaving out the first record, if there are others, and the column with the
  /// fewest numbers.
  private func numericShare(of records: [[Bool]]) -> Double {
    let rows = records.count > 1 ? Array(records.dropFirst()) : records
    let width = rows[0].count
    let counts = (0..<width).map { column in rows.count { $0[column] } }
    return Double(counts.reduce(0, +) - (counts.min() ?? 0)) / Double((width - 1) * rows.count)
  }
}
