import Foundation
import FunctionalNet
import TestSupport
import Testing

@testable import FunctionalNetIO

/// A random table as people have it, now and then with something wrong in it.
private func randomTable(_ random: inout Random) -> [UInt8] {
  let columns = random.int(2...4)
  let delimiter = random.element([",", ";", "\t"])
  let end = random.element(["\n", "\r\n", "\r"])
  var text = random.element(["", "", "\u{FEFF}", "\u{FEFF}\n", "# a comment, of two\n", "#\r\n#a,b,c\r\n", "  #\n"])
  let isPlain = random.int(0...2) == 0
  for row in 0..<random.int(0...9) {
    var fields = (0..<columns).map { column -> String in
      if isPlain { return column == columns - 1 ? random.element(["cat", "dog"]) : "\(random.double(-9...9))" }
      let plain = [
        "1", "-2.5", "0.1234567890123456789", "1e3", "", "NA", "x\(column)", "  7 ", "\u{E9}t\u{E9}", ".5", "#",
      ]
      let quoted = ["\"3\"", " \"a\(delimiter)b\" ", "\"x\(end)y\"", "\"a \"\"b\"\"\"", "\"\"", "\"#\n\n\""]
      return random.element(random.int(0...3) == 0 ? quoted : plain)
    }
    if row == 0 && random.int(0...1) == 0 { fields = (0..<columns).map { "name\($0)" } }
    text += fields.joined(separator: delimiter) + end
    text += random.element(["", "", "", "", end, "   " + end, "# \"nothing" + end])
    if random.int(0...40) == 0 { text += random.element(["\"", "\"a\"b", "1\(delimiter)2", "\0"]) }
  }
  if random.int(0...1) == 0 { text = String(text.dropLast()) }
  return Array(text.utf8)
}

/// All that reading a text gives: its records with their lines, and the error that ended them.
private func records(_ text: () throws -> DelimitedText) -> [String] {
  var result: [String] = []
  do {
    var text = try text()
    var fields: [DelimitedText.Field] = []
    while try text.next(&fields) {
      let words = fields.map { "\(text.text($0))|\(text.number($0).map { "\($0)" } ?? "")" }
      result.append("\(text.line): \(words) \(text.commentedNames(count: fields.count) ?? [])")
    }
    result.append("end at \(text.nextLine), \(text.commentCount) comments")
  } catch {
    result.append("\(error)")
  }
  return result
}

/// The outcome of reading does not depend on the size of the pieces in which the text comes.
@Suite struct TextInPieces {
  @Test(arguments: seeds(150)) func recordsAndErrorsAreTheSame(seed: Int) {
    var random = Random(seed: seed)
    let bytes = randomTable(&random)
    let delimiter = random.element([",", ";", "\t"]).utf8.first!
    let whole = records { try DelimitedText(bytes, file: "t", delimiter: delimiter) }
    for size in [1, 2, 3, 7, 64, 1 << 20] {
      let pieced = records { try DelimitedText(Pieces(bytes, name: "t", size: size), delimiter: delimiter) }
      #expect(pieced == whole, "pieces of \(size) of \(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
  }

  @Test func recordsAreFoundAsSoonAsTheyAreWhole() throws {
    var pieces = ["1,2\n3", ",4\n", "5,6\r", "\n7,\"8", "\n\"\n"].map { Array($0.utf8) }
    var text = try DelimitedText(
      Pieces(name: "t", next: { pieces.isEmpty ? [] : pieces.removeFirst() }, isReady: { false }))
    var fields: [DelimitedText.Field] = []
    var found: [[String]] = []
    var waiting: [Int] = []
    while try text.next(&fields) {
      found.append(fields.map(text.text))
      waiting.append(pieces.count)
    }
    #expect(found == [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8\n"]] && waiting == [4, 3, 1, 0])
  }

  @Test func aLongRecordIsReadInPiecesToo() throws {
    let long = "\"" + String(repeating: "a\n", count: 1 << 17) + "\",2\n3,4\n"
    let whole = records { try DelimitedText(Array(long.utf8), file: "t") }
    #expect(records { try DelimitedText(Pieces(Array(long.utf8), name: "t", size: 1 << 12)) } == whole)
    #expect(whole.count == 3 && whole[1].hasPrefix("\((1 << 17) + 2): "))
  }

  /// The same law for what predictions are made from: chunks, gzip, images and all.
  @Test(arguments: seeds(60)) func samplesAreTheSame(seed: Int) throws {
    var random = Random(seed: seed)
    let bytes = randomTable(&random)
    for inputs in 1...3 {
      let expected = samples(bytes, size: bytes.count + 1, inputs: inputs, most: 1000)
      for size in [1, 2, 3, 7] {
        for most in [1, 3, 1000] {
          #expect(samples(bytes, size: size, inputs: inputs, most: most) == expected, "\(size), \(most)")
        }
      }
    }
  }

  @Test func imagesAreTheSame() throws {
    let packed = try readFile(fixture("idx/train-images-idx3-ubyte.gz"))
    let plain = try gunzip(packed, file: "images")
    let expected = [Double](plain[16...].map(Double.init)).map { "\($0)" }
    for bytes in [packed, plain] {
      for size in [1, 2, 3, 7, 100, 10_000] {
        for most in [1, 7, 1000] { #expect(samples(bytes, size: size, inputs: 20, most: most) == expected) }
      }
    }
    for size in [1, 7, 5000] {
      let short = samples(Array(plain.dropLast(21)), size: size, inputs: 20, most: 8)
      #expect(short.count == 28 * 20 + 1 && short.last!.contains("promise 600 bytes of data, but 579 follow"))
      let long = samples(plain + [1], size: size, inputs: 20, most: 8)
      #expect(long.count == 30 * 20 + 1 && long.last!.contains("promise 600 bytes of data, but 601 follow"))
      #expect(
        samples(plain, size: size, inputs: 21, most: 8)[0].contains("samples have 20 inputs, but the network takes 21"))
    }
    #expect(
      samples([0, 0, 8, 4, 0, 0, 0, 0] + [UInt8](repeating: 255, count: 12), size: 9, inputs: 20, most: 1).count == 1)
  }

  private func samples(_ bytes: [UInt8], size: Int, inputs: Int, most: Int) -> [String] {
    var result: [String] = []
    do {
      var source = try UnlabelledInputs(Pieces(bytes, name: "t", size: size), size: inputs)
      while let chunk = try source.next(atMost: most) {
        switch chunk {
        case .numbers(let numbers): result += numbers.map { "\($0)" }
        case .bytes(let bytes): result += bytes.map { "\(Double($0))" }
        }
      }
    } catch {
      result.append("\(error)")
    }
    return result
  }
}

@Suite struct GzipInPieces {
  fileprivate func unpacked(_ bytes: [UInt8], size: Int) -> (bytes: [UInt8], error: String) {
    var result: [UInt8] = []
    do {
      let pieces = try Pieces(bytes, name: "f", size: size).unpacked()
      while case let piece = try pieces.next(), !piece.isEmpty { result += piece }
      return (result, "")
    } catch {
      return (result, "\(error)")
    }
  }

  @Test func itIsTheSameAsTheWhole() throws {
    let one = try readFile(fixture("idx/train-images-idx3-ubyte.gz"))
    var broken = one
    broken[one.count - 6] ^= 1
    for bytes in [
      one, one + one, one + [1, 2, 3], one + [0, 0], one + [0] + one + [0, 0, 9], one + one.dropLast(), one + [0x1F],
      [],
      [0x1F], [1, 2, 3], broken,
    ] {
      for size in [1, 2, 3, 7, 10_000] {
        let (found, error) = unpacked(bytes, size: size)
        let message = failure { _ = try gunzip(bytes, file: "f") }
        #expect(error == message)
        if message.isEmpty { #expect(try found == gunzip(bytes, file: "f")) }
      }
    }
    for length in stride(from: 2, to: one.count, by: 5) {
      let cut = Array(one[..<length])
      #expect(unpacked(cut, size: 7).error == "f: at byte \(length): the gzip data ends too early")
      #expect(failure { _ = try gunzip(cut, file: "f") } == unpacked(cut, size: 7).error)
    }
  }
}

extension GzipInPieces {
  /// Where a piece of output is full, all input may be used up and more output still to come.
  @Test func littleThatHoldsMuch() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/zeros"
    try writeFile(path, [UInt8](repeating: 0, count: 3_000_000))
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", path]
    try gzip.run()
    gzip.waitUntilExit()
    let packed = try readFile(path + ".gz")
    for size in stride(from: 255, through: 265, by: 1) {
      let (found, error) = unpacked(packed, size: size)
      #expect(error == "" && found.count == 3_000_000 && !found.contains { $0 != 0 })
    }
  }
}

/// A table is the same for any number of parts that are read at the same time, errors with their lines included.
@Suite struct TablesInParts {
  private func outcome(_ bytes: [UInt8], _ missing: MissingValues, parts: Int) -> String {
    do {
      let data = try Dataset(csv: bytes, file: "t", options: TableOptions(missing: missing), parts: { _ in parts })
      return "\(bits(data.tensor(Double.self))) \(data.labels) \(data.classNames) \(data.incomplete)"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: seeds(150)) func anyNumberOfParts(seed: Int) {
    var random = Random(seed: seed)
    var lines = (0..<random.int(1...30)).map { _ in
      "\(random.int(-9...9)),\(random.double()),\(random.element(["cat", "dog", "a long name", "7"]))"
    }
    for _ in 0..<random.int(0...4) {
      let odd = [
        "", "# \(random.int(0...9))", "1,NA,cat", "1,2,", "1,2", "1,x,dog", "1, \"2\",\"a\nb\"", "1,2,3\r",
        "4,5,6\r7,8,9",
      ]
      lines.insert(random.element(odd), at: random.int(0...lines.count))
    }
    let bytes = Array((lines.joined(separator: "\n") + random.element(["", "\n", "\n\n# end"])).utf8)
    for missing in MissingValues.allCases {
      let whole = outcome(bytes, missing, parts: 1)
      for parts in [2, 3, 5, 100] { #expect(outcome(bytes, missing, parts: parts) == whole, "\(lines)") }
    }
  }

  /// Records that are read the short way are those that are read the long way: with quotes around their fields.
  @Test(arguments: seeds(50)) func plainRecordsAreNoOthers(seed: Int) throws {
    var random = Random(seed: seed)
    let rows = (0..<20).map { _ in (0..<3).map { _ in "\(random.double(-1e3...1e3))" } + [random.element(["a", "bb"])] }
    let plain = rows.map { $0.joined(separator: ",") + "\n" }.joined()
    let quoted = rows.map { $0.map { "\"\($0)\"" }.joined(separator: ",") + "\r\n" }.joined()
    #expect(outcome(Array(plain.utf8), .error, parts: 1) == outcome(Array(quoted.utf8), .error, parts: 1))
  }

  @Test func promisesTakeNoMemory() {
    let wide = String(repeating: "1,", count: 5000) + "x" + String(repeating: "\n", count: 100_000)
    #expect(outcome(Array(wide.utf8), .error, parts: 3).hasSuffix("Labels(indices: [0]) [\"x\"] 0"))
  }
}

@Suite struct Comments {
  private func dataset(_ text: String, label: LabelColumn = .last) throws -> Dataset {
    try Dataset(csv: Array(text.utf8), file: "t.csv", options: TableOptions(labelColumn: label))
  }

  @Test func commentsAreSkipped() throws {
    let data = try dataset("# made by hand\n\n# again\na,kind\n1,x\r\n# \"1,y\r\n#\n2,\"#z\"\n3,y # no comment\n#")
    #expect(data.tensor(Double.self).elements == [1, 2, 3] && data.classNames == ["#z", "x", "y # no comment"])
    #expect(data.notes == [DataNote("5 lines that begin with # left out as comments")])
    #expect(try dataset("  #a,b\n1,2\n3,4\n", label: .position(1)).classNames == ["1", "3"])
    #expect(failure { _ = try dataset("# one\n1,x\n# two\n\noops,x\n") }.hasPrefix("t.csv:5: column 1: 'oops'"))
    #expect(failure { _ = try dataset("# nothing\n#\n") } == "t.csv: there is no data in this file")
  }

  /// numpy.savetxt writes the names of the columns as a comment.
  @Test func aCommentMayNameTheColumns() throws {
    let text = "# of 2020, by me\n# kind,a,b\n1,20,30\n0,21,31\n"
    let data = try dataset(text, label: .named("kind"))
    #expect(data.labels == [1, 0] && data.tensor(Double.self).elements == [20, 30, 21, 31])
    #expect(data.columnNames == ColumnNames(inputs: ["a", "b"], label: "kind"))
    #expect(data.notes == [DataNote("1 line that begins with # left out as comments")])
    #expect(failure { _ = try dataset("#x,y,z\n1,2,3\n1,o,3\n") }.hasPrefix("t.csv:3: column 2 ('y'): 'o' is"))
    #expect(try dataset("# a,b,c\n1,20,30\n").count == 1)
    #expect(
      failure { _ = try dataset("# kind,a\n1,20,30\n", label: .named("kind")) }.hasPrefix(
        "t.csv:2: no column is named 'kind'"))
  }

  @Test func theDelimiterIsThatOfTheFirstRecord() throws {
    #expect(try dataset("# a\tb\n\n1;2;x\n").tensor(Double.self).elements == [1, 2])
  }
}
