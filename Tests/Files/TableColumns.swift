import FunctionalNet
import TestSupport
import Testing

@testable import FunctionalNetIO

private func dataset(_ text: String, _ options: TableOptions = TableOptions()) throws -> Dataset {
  try Dataset(csv: Array(text.utf8), file: "t.csv", options: options)
}

/// The numbers that a network is given for the records of a table, and the notes about them; read in pieces of some size.
private func inputs(
  _ text: String, size: Int, _ options: TableOptions = TableOptions(), piece: Int = 1 << 20
) throws -> (numbers: [Double], notes: [String]) {
  var source = try UnlabelledInputs(Pieces(Array(text.utf8), name: "t.csv", size: piece), size: size, table: options)
  var numbers: [Double] = []
  while case .numbers(let more)? = try source.next(atMost: 2) { numbers += more }
  return (numbers, source.notes.map(\.text))
}

private func numbers(_ data: Dataset) -> [Double] { data.tensor(Double.self).elements }

/// A network that knows the names of its inputs is given each of them whatever the order of a file's columns.
@Suite struct ColumnsByName {
  private let abc = TableOptions(columnNames: ColumnNames(inputs: ["a", "b", "c"], label: "kind"))

  /// The law: a permutation of the columns, with others among them, changes nothing of what is read. Two columns of one name
  /// keep their order.
  @Test(arguments: seeds(100)) func theOrderOfColumnsDoesNotMatter(seed: Int) throws {
    var random = Random(seed: seed)
    let names = ["a", "b", "a", "d e", "7"]
    let known = TableOptions(columnNames: ColumnNames(inputs: names, label: "kind"))
    let count = random.int(2...9)
    let values = names.map { _ in (0..<count).map { _ in "\(random.double(-9...9))" } }
    let classes = (0..<count).map { _ in random.element(["x", "y"]) }
    var order = random.key().permutation(names.count)
    let (first, second) = (order.firstIndex(of: 0)!, order.firstIndex(of: 2)!)
    (order[min(first, second)], order[max(first, second)]) = (0, 2)
    var columns = order.map { [names[$0]] + values[$0] }
    columns.insert(["kind"] + classes, at: random.int(0...columns.count))
    let extras = random.int(0...2)
    for extra in 0..<extras {
      let column = (0..<count).map { _ in random.element(["7", "\"a,b\"", "", "word"]) }
      columns.insert(["extra\(extra)"] + column, at: random.int(0...columns.count))
    }
    let text = (0...count).map { row in columns.map { $0[row] }.joined(separator: ",") + "\n" }.joined()
    let expected = (0..<count).flatMap { row in values.map { Double($0[row])! } }
    for piece in [1, 7, 1 << 20] {
      let found = try inputs(text, size: 5, known, piece: piece)
      #expect(found.numbers == expected && found.notes.count == min(extras, 1), "\(text)")
    }
    let labelled = try dataset(text, known)
    #expect(numbers(labelled) == expected && labelled.columnNames == known.columnNames)
    #expect(labelled.labels.indices.map { labelled.classNames[$0] } == classes)
  }

  @Test func whatIsMissingIsListed() {
    let message =
      "t.csv:1: the network takes 'a', 'c', but no column has these names; the file has 'kind', 'b', 'A'"
    #expect(failure { _ = try inputs("kind,b,A\nx,1,2\n", size: 3, abc) } == message)
    #expect(failure { _ = try dataset("kind,b,A\nx,1,2\n", abc) } == message)
    #expect(
      failure { _ = try dataset("a,b,c,species\n1,2,3,x\n", abc) }.hasPrefix(
        "t.csv:1: no column is named 'kind', which held the classes in training; --label_column names"))
  }

  @Test func columnsThatAreNoInputsAreLeftOutWithANote() throws {
    let found = try inputs("id,c,b,a,kind\n1,2,3,4,x\n", size: 3, abc)
    #expect(found.numbers == [4, 3, 2])
    #expect(found.notes == ["column 'id' is not among the inputs of the network and left out"])
    let labelled = try dataset("id,kind,c,b,a,when\n1,x,2,3,4,now\n", abc)
    #expect(numbers(labelled) == [4, 3, 2] && labelled.classNames == ["x"])
    #expect(
      labelled.notes == [DataNote("columns 'id', 'when' are not among the inputs of the network and left out")])
  }

  @Test func withoutAHeaderTheirNumberMustBeRight() throws {
    #expect(try inputs("1,2,3\n4,5,6\n", size: 3, abc).numbers == [1, 2, 3, 4, 5, 6])
    for text in ["0,1,2,3\n", "1,2,3,x\n"] {
      #expect(
        failure { _ = try inputs(text, size: 3, abc) }
          == "t.csv:1: records have 4 columns, but the network takes 3 inputs; if one of the columns holds the classes, "
          + "--label_column says which")
    }
    #expect(
      failure { _ = try inputs("1,2\n", size: 3, abc) }
        == "t.csv:1: records have 2 columns, but the network takes 3 inputs")
    var options = abc
    options.labelColumn = .position(2)
    #expect(try inputs("1,x,2,9\n4,y,5,6\n", size: 3, options).numbers == [1, 2, 9, 4, 5, 6])
    #expect(try dataset("1,x,2,9\n4,y,5,6\n", options).classNames == ["x", "y"])
  }

  @Test func aNetworkWithoutNamesTakesColumnsInTheirOrder() throws {
    let found = try inputs("a,b\n1,2\n", size: 2)
    #expect(found.numbers == [1, 2] && found.notes.count == 1 && found.notes[0].contains("taken in their order"))
    #expect(failure { _ = try inputs("a,b,c\n1,2,3\n", size: 2) }.contains("records have 3 columns"))
  }

  /// Names that are numbers are known where the network has them.
  @Test func headersOfNumbersAreKnown() throws {
    let names = TableOptions(columnNames: ColumnNames(inputs: ["0", "1"], label: "fraud"))
    #expect(try inputs("1,0\n5,6\n", size: 2, names).numbers == [6, 5])
    #expect(try inputs("5,6\n1,0\n", size: 2, names).numbers == [5, 6, 1, 0])
  }
}

@Suite struct Headers {
  /// Rows of measurements in whole numbers, with two classes.
  private static let rows = (0..<8).map { "\($0 * 7 % 5),\($0 * 3 % 7),\($0 % 4),\($0 % 2)\n" }.joined()
  private static let words = rows.replacing(",0\n", with: ",cat\n").replacing(",1\n", with: ",dog\n")

  @Test(
    arguments: [
      ("0,1,2,fraud", false, true), ("0,1,2,3", false, true), ("1,2,3,9", false, true), ("a,b,c,d", false, true),
      ("1,2,3,1", false, false),
      ("0,1,2,species", true, true), ("2019,2020,2021,species", true, true), ("", false, false), ("", true, false),
      ("9,8,7,cat", true, false), ("1.5,2.5,3.5,cow", true, false),
    ] as [(String, Bool, Bool)])
  func aHeaderIsKnownByItsContents(first: String, areWords: Bool, isHeader: Bool) throws {
    let text = (first.isEmpty ? "" : first + "\n") + (areWords ? Self.words : Self.rows)
    let data = try dataset(text)
    #expect(data.count == text.count { $0 == "\n" } - (isHeader ? 1 : 0))
    let names = first.split(separator: ",").map(String.init)
    #expect(data.columnNames == (isHeader ? ColumnNames(inputs: names.dropLast(), label: names.last) : nil))
  }

  @Test func whatIsNoLabelOfTheRestIsSaid() throws {
    let data = try dataset("2019,2020,2021,species\n" + Self.words)
    #expect(
      data.notes.count == 1 && data.notes[0].text.hasPrefix("line 1 is taken for a header, since its class, 'species'"))
    #expect(try dataset("0,1,2,species\n" + Self.words).notes == [])
    #expect(try dataset("0,1,2,3\n" + Self.rows).notes[0].text.contains("since it counts the columns (--header no"))
  }

  @Test func aWordAmongNumbersMayBeAName() throws {
    let text = "flag,0,1,kind\nTrue,5,6,x\nFalse,7,8,y\n"
    let message = "t.csv:1: column 1: 'flag' is not a finite number; if this line names the columns, say --header yes"
    #expect(failure { _ = try dataset(text) } == message)
    #expect(try dataset(text, TableOptions(hasHeader: true)).columnNames?.inputs == ["flag", "0", "1"])
    for piece in [1, 5, 1 << 20] {
      #expect(
        failure { _ = try inputs("# x\n\nflag,0\nTrue,5\n", size: 2, piece: piece) }
          == message.replacing(":1:", with: ":3:"))
      #expect(
        failure { _ = try inputs("1,0\nflag,5\n", size: 2, piece: piece) }
          == "t.csv:2: column 1: 'flag' is not a finite number")
    }
  }

  @Test func doubtIsAnError() {
    let text = "1,2,3,ant\n5,6,7,bee\n5,6,8,bee\n1,1,1,cow\n"
    #expect(
      failure { _ = try dataset(text) }
        == "t.csv:1: this line may name the columns or be a record: --header yes or --header no says which")
    #expect(try! dataset(text, TableOptions(hasHeader: true)).count == 3)
    #expect(try! dataset(text, TableOptions(hasHeader: false)).classNames == ["ant", "bee", "cow"])
  }

  @Test func theOptionDecides() throws {
    let header = try dataset("1,2,0\n3,4,1\n5,6,0\n", TableOptions(hasHeader: true))
    #expect(header.columnNames == ColumnNames(inputs: ["1", "2"], label: "0") && numbers(header) == [3, 4, 5, 6])
    #expect(
      failure { _ = try dataset("a,b,kind\n1,2,x\n", TableOptions(hasHeader: false)) }.hasPrefix(
        "t.csv:1: column 1: 'a' is not a finite number"))
    #expect(try inputs("1,2\n3,4\n", size: 2, TableOptions(hasHeader: true)).numbers == [3, 4])
  }

  /// Training and prediction agree about the first line, for headers and for records.
  @Test func predictionAgrees() throws {
    #expect(failure { _ = try inputs("0,1,2,3\n4,5,6,7\n", size: 4) }.contains("may name the columns or be a record"))
    #expect(try inputs("0,1,2,3\n4,5,6,7\n", size: 4, TableOptions(hasHeader: true)).numbers == [4, 5, 6, 7])
    #expect(try inputs("1,2,3,4\n", size: 4).numbers == [1, 2, 3, 4])
    let names = TableOptions(columnNames: ColumnNames(inputs: ["w", "x", "y", "z"], label: nil))
    #expect(try inputs("0,1,2,3\n", size: 4, names).numbers == [0, 1, 2, 3])
    #expect(try inputs("0,1,2\n4,5,6\n", size: 3).numbers == [0, 1, 2, 4, 5, 6])
    #expect(try inputs("0,2,1,3\n4,5,6,7\n", size: 4).numbers == [0, 2, 1, 3, 4, 5, 6, 7])
  }

  /// A number names a column only in a header: UCI's balance-scale has the class first, and ones in its first record.
  @Test func aNumberIsANameOnlyInAHeader() throws {
    let data = try dataset("?,3,0,7.5\n1,4,1,2.5\n2,3,0,1.5\n", TableOptions(labelColumn: .position(3), missing: .drop))
    #expect(data.classNames == ["0", "1"] && numbers(data) == [1, 4, 2.5, 2, 3, 1.5])
    let balance = try dataset("B,1,1,1\nR,1,1,2\nR,1,2,1\n", TableOptions(labelColumn: .position(1)))
    #expect(balance.classNames == ["B", "R"] && balance.count == 3)
    let named = try dataset("a,3,b\n1,0,2.5\n3,1,4.5\n", TableOptions(labelColumn: .position(3)))
    #expect(named.labels == [0, 1] && named.columnNames?.label == "3")
  }

  @Test func aNameWithoutAHeaderIsAnError() {
    #expect(
      failure { _ = try dataset("1,2,x\n3,4,y\n", TableOptions(hasHeader: false, labelColumn: .named("x"))) }
        == "t.csv:1: without a header no column is named 'x'; --label_column takes a number from 1 to 3")
    #expect(
      failure { _ = try dataset("1,2,x\n3,4,x\n3,4,y\n", TableOptions(labelColumn: .named("x"))) }
        == "t.csv:1: no header line names a column 'x'")
  }
}

@Suite struct Separators {
  @Test(
    arguments: [
      ("\"Weight (kg, dry)\";\"Height\";\"class\"\n1;2;a\n3;4;b\n", [1, 2, 3, 4], ["a", "b"]),
      ("a,b,class\n1,2,\"x\ty\"\n3,4,\"z\tw\"\n", [1, 2, 3, 4], ["x\ty", "z\tw"]),
      ("1,2,x;y\n3,4,z;w\n", [1, 2, 3, 4], ["x;y", "z;w"]), ("1,2,x;y\n3,4,z\n", [1, 2, 3, 4], ["x;y", "z"]),
      ("1,2,x\ty\n3,4,z\tw\n", [1, 2, 3, 4], ["x\ty", "z\tw"]),
      ("1\t2\ta;b\n3\t4\tc;d\n", [1, 2, 3, 4], ["a;b", "c;d"]),
      ("# one, two, three\n1;2;a\n3;4;b\n", [1, 2, 3, 4], ["a", "b"]),
    ] as [(String, [Double], [String])])
  func itIsFoundOutsideQuotesOverSeveralLines(text: String, expected: [Double], classes: [String]) throws {
    let data = try dataset(text)
    #expect(numbers(data) == expected && data.classNames == classes)
  }

  @Test func decimalCommasAreNotReadAsColumns() {
    #expect(
      failure { _ = try dataset("1,5;x\n2,5;y\n") }
        == "t.csv:1: the columns may be separated by ',' or ';'; --separator says by which")
    #expect(
      failure { _ = try dataset("a;b;kind\n1,5;2,5;x\n2,5;3,5;y\n") }
        == "t.csv:2: column 1 ('a'): '1,5' is not a finite number; write numbers with a decimal point")
    #expect(failure { _ = try inputs("1,5;2\n", size: 2) }.contains("the columns may be separated by ',' or ';'"))
  }

  @Test func theOptionDecides() throws {
    let data = try dataset("1|2|a\n3|4|b\n", TableOptions(separator: .pipe))
    #expect(numbers(data) == [1, 2, 3, 4])
    #expect(try dataset("1,x;2\n", TableOptions(separator: .comma)).classNames == ["x;2"])
    #expect(try inputs("1|2\n", size: 2, TableOptions(separator: .pipe)).numbers == [1, 2])
  }

  @Test func whatMayStandBetweenColumns() {
    #expect(
      Separator("comma") == .comma && Separator(";") == .semicolon && Separator("\t") == .tab && Separator(":") != nil)
    for text in ["", "ab", " ", "\"", "#", "1", "e", ".", "-", "+", "é", "space"] { #expect(Separator(text) == nil) }
  }

  /// What cannot be read ends the search: the error is that of the file, in whatever pieces it comes.
  @Test(arguments: [1, 3, 1 << 20]) func filesThatBreakOff(piece: Int) throws {
    let packed = try readFile(fixture("idx/train-labels-idx1-ubyte.gz"))
    let text = Array("# a comment\n1;2".utf8)
    var broken = text.makeIterator()
    let pieces = Pieces(
      name: "t.csv",
      next: { () throws(FileError) in
        let next = (0..<piece).compactMap { _ in broken.next() }
        if next.isEmpty { throw FileError("t.csv", .byte(15), "cannot be read") }
        return next
      }, isReady: { true })
    #expect(failure { _ = try UnlabelledInputs(pieces, size: 2) } == "t.csv: at byte 15: cannot be read")
    let cut = Pieces(Array(packed.dropLast(9)), name: "t.gz", size: piece)
    #expect(failure { _ = try UnlabelledInputs(cut, size: 2) }.contains("the gzip data ends too early"))
  }

  /// For data to classify, the first record decides, by what the network expects.
  @Test(arguments: [1, 3, 1 << 20]) func whatIsToBeClassified(piece: Int) throws {
    #expect(try inputs("1;2\n3;4\n", size: 2, piece: piece).numbers == [1, 2, 3, 4])
    #expect(try inputs("1\n2\n", size: 1, piece: piece).numbers == [1, 2])
    let names = TableOptions(columnNames: ColumnNames(inputs: ["a, b", "c"], label: nil))
    #expect(try inputs("c;\"a, b\";d\n1;2;3\n", size: 2, names, piece: piece).numbers == [2, 1])
  }
}

@Suite struct WordsAmongNumbers {
  @Test func truthValuesAreNumbers() throws {
    let data = try dataset("a,b,kind\nTrue,FALSE,True\nfalse,true,False\n")
    #expect(numbers(data) == [1, 0, 0, 1] && data.classNames == ["False", "True"])
  }

  @Test(arguments: ["0x10", "0x1p3", "1_000", "١"]) func otherWritingsAreNone(text: String) throws {
    #expect(failure { _ = try dataset("1,\(text),a\n") }.contains("'\(text)' is not a finite number"))
    #expect(try dataset("1,\(text)\n2,b\n").classNames.contains(text))
  }

  /// Columns that number the records are warned of: a network would learn the order of the file.
  @Test func indexColumns() throws {
    func warnings(_ name: String, _ values: [Int]) throws -> [String] {
      let rows = values.enumerated().map { "\($1),\($0 * $0 % 7),\($0 % 2 == 0 ? "x" : "y")" }
      return try dataset(([name + ",b,kind"] + rows).joined(separator: "\n")).notes.filter(\.isWarning).map(\.text)
    }
    let (counting, other) = (Array(5..<25), (0..<20).map { $0 * 7 % 20 })
    #expect(try warnings("a", counting)[0].hasPrefix("input 1 ('a') counts the records; if it is an index"))
    for name in ["id", "PassengerId", "Unnamed: 0", "", "customer_id"] {
      #expect(try warnings(name, other).map { $0.contains("another value in every record") } == [true], "\(name)")
      #expect(try warnings(name, other.map { $0 / 2 }).isEmpty)
    }
    for name in ["a", "width", "humid"] { #expect(try warnings(name, other).isEmpty) }
  }
}

@Suite struct ClassCounts {
  private func check(_ labels: [String]) -> String {
    failure { try dataset("a,target\n" + labels.map { "1.5,\($0)\n" }.joined()).checkClassCounts() }
  }

  @Test func numbersToPredictAreNoClasses() {
    #expect(
      check((0..<442).map { "\(25 + $0 * 37 % 214 * 3 / 2)" })
        == "t.csv: column 'target', which holds the classes, has 214 different values in 442 samples, from 25 to 344, more than "
        + "classes would have (at most 20, or one for every 20 samples); --label_column names another column; numbers to "
        + "predict are no classes, and this command learns classes only")
    #expect(check((0..<300).map { "name\($0)" }).contains("300 different values in 300 samples, more than"))
  }

  @Test func manyClassesAreFine() {
    #expect(check((0..<20).map { "\($0 * 3)" }) == "" && check((0..<120).map { "species \($0 % 40)" }) == "")
    #expect(check((0..<120).map { "\($0 % 40)" }) == "" && check((0..<120).map { "\($0 % 40 + 1)" }) == "")
    #expect(check((0..<120).map { "\($0 % 40 + 2)" }) != "" && check((0..<800).map { "\($0 % 40 + 2)" }) == "")
  }

  @Test func fractionsAreNone() {
    #expect(check(["1", "1.5"]).contains("'1.5' is a fraction, not a class, in column 2, which holds the classes"))
    #expect(check(["1", "1.5"]).contains("numbers to predict are no classes"))
  }
}
