import FunctionalNet
import TestSupport
import Testing

@testable import FunctionalNetIO

/// A network that knows the names of its inputs is given each of them whatever the order of a file's columns.
@Suite struct ColumnsByName {
  private let abc = TableOptions(columnNames: ColumnNames(inputs: ["a", "b", "c"], label: "kind"))

  /// The law: a permutation of the columns, with others among them, changes nothing of what is read, nor does it matter how a
  /// name that is a number is written.
  @Test(arguments: seeds(100)) func theOrderOfColumnsDoesNotMatter(seed: Int) throws {
    var random = Random(seed: seed)
    let names = ["a", "b", "900.5", "d e", "7"]
    let known = TableOptions(columnNames: ColumnNames(inputs: names, label: "kind"))
    let count = random.int(2...9)
    let values = names.map { _ in (0..<count).map { _ in "\(random.double(-9...9))" } }
    let classes = (0..<count).map { _ in random.element(["x", "y"]) }
    let order = random.key().permutation(names.count)
    var columns = order.map { [$0 == 2 ? random.element(["900.5", "900.50"]) : names[$0]] + values[$0] }
    columns.insert(["kind"] + classes, at: random.int(0...columns.count))
    let extras = random.int(0...2)
    for extra in 0..<extras {
      let column = (0..<count).map { _ in random.element(["7", "\"a,b\"", "", "word"]) }
      columns.insert(["extra\(extra)"] + column, at: random.int(0...columns.count))
    }
    let text = (0...count).map { row in columns.map { $0[row] }.joined(separator: ",") + "\n" }.joined()
    let expected = (0..<count).flatMap { row in values.map { Double($0[row])! } }
    for piece in [1, 7, 1 << 20] {
      let found = try readInputs(text, size: 5, known, piece: piece)
      #expect(found.numbers == expected && found.notes.count == min(extras, 1), "\(text)")
    }
    let labelled = try readTable(text, known)
    #expect(numbersOf(labelled) == expected && labelled.columnNames?.label == "kind")
    #expect(labelled.labels.indices.map { labelled.classNames[$0] } == classes)
  }

  @Test func repeatedNamesAreErrors() throws {
    let message = "t.csv:1: several columns are named 'a'; give each of them a name of its own"
    #expect(failure { _ = try readTable("a,b,a,kind\n1,2,3,x\n") } == message)
    #expect(failure { _ = try readInputs("a,b,a,c\n1,2,3,4\n", size: 3, abc) } == message)
    #expect(failure { _ = try readTable("a,b,a,c,kind\n1,2,3,4,x\n", abc) } == message)
    #expect(try readInputs("a,b,d,d,c\n1,2,3,4,5\n", size: 3, abc).numbers == [1, 2, 5])
    #expect(
      failure { _ = try readTable("a,kind,kind,b,c\n1,x,y,2,3\n", abc) }.contains("several columns are named 'kind'"))
  }

  @Test func anInputCannotHoldTheClasses() {
    var options = TableOptions(columnNames: ColumnNames(inputs: ["a", "b", "c"], label: nil))
    options.labelColumn = .named("b")
    #expect(
      failure { _ = try readTable("a,b,c\n1,2,3\n", options) }
        == "t.csv:1: column 'b' is an input of the network, and cannot hold the classes as well")
  }

  /// Where nobody says which column holds the classes, the last does not, if another one has the name of such a column.
  @Test func theColumnOfTheClassesIsNotGuessed() throws {
    let text = "label,a,b\n1,2,3\n0,2,4\n"
    #expect(
      failure { _ = try readTable(text) }
        == "t.csv:1: column 'label' may hold the classes, which are otherwise taken from the last column, 'b': say --label_column "
        + "'label', or --label_column last")
    #expect(try readTable(text, TableOptions(labelColumn: .named("label"))).labels == [1, 0])
    #expect(try readTable(text, TableOptions(labelColumn: .last)).classNames == ["3", "4"])
    #expect(try readTable("y,a,class\n1,2,3\n0,2,4\n").classNames == ["3", "4"])
  }

  @Test func whatIsMissingIsListed() {
    let message =
      "t.csv:1: the network takes 'a', 'c', but no column has these names; the file has 'kind', 'b', 'A'"
    #expect(failure { _ = try readInputs("kind,b,A\nx,1,2\n", size: 3, abc) } == message)
    #expect(failure { _ = try readTable("kind,b,A\nx,1,2\n", abc) } == message)
    #expect(
      failure { _ = try readTable("a,b,c,species\n1,2,3,x\n", abc) }.hasPrefix(
        "t.csv:1: no column is named 'kind', which held the classes in training; --label_column names"))
  }

  @Test func columnsThatAreNoInputsAreLeftOutWithANote() throws {
    let found = try readInputs("id,c,b,a,kind\n1,2,3,4,x\n", size: 3, abc)
    #expect(found.numbers == [4, 3, 2])
    #expect(found.notes == ["column 'id' is not among the inputs of the network and left out"])
    let labelled = try readTable("id,kind,c,b,a,when\n1,x,2,3,4,now\n", abc)
    #expect(numbersOf(labelled) == [4, 3, 2] && labelled.classNames == ["x"])
    #expect(
      labelled.notes == [DataNote("columns 'id', 'when' are not among the inputs of the network and left out")])
  }

  @Test func withoutAHeaderTheirNumberMustBeRight() throws {
    #expect(try readInputs("1,2,3\n4,5,6\n", size: 3, abc).numbers == [1, 2, 3, 4, 5, 6])
    for text in ["1,2,3,4\n", "1,2,3,x\n"] {
      #expect(
        failure { _ = try readInputs(text, size: 3, abc) }
          == "t.csv:1: records have 4 columns, but the network takes 3 inputs; if one of the columns holds the classes, "
          + "--label_column says which")
    }
    #expect(
      failure { _ = try readInputs("1,2\n", size: 3, abc) }
        == "t.csv:1: records have 2 columns, but the network takes 3 inputs")
    var options = abc
    options.labelColumn = .position(2)
    #expect(try readInputs("1,x,2,9\n4,y,5,6\n", size: 3, options).numbers == [1, 2, 9, 4, 5, 6])
    #expect(try readTable("1,x,2,9\n4,y,5,6\n", options).classNames == ["x", "y"])
  }

  @Test func aNetworkWithoutNamesTakesColumnsInTheirOrder() throws {
    let found = try readInputs("a,b\n1,2\n", size: 2)
    #expect(found.numbers == [1, 2] && found.notes.count == 1 && found.notes[0].contains("taken in their order"))
    #expect(failure { _ = try readInputs("a,b,c\n1,2,3\n", size: 2) }.contains("records have 3 columns"))
    #expect(
      failure { _ = try readInputs("a,b,c\n1,2,3\n", size: 3, TableOptions(labelColumn: .last)) }.contains(
        "records have 3 columns, of which that of the classes is left out, but the network takes 3 inputs"))
  }

  /// Names that are numbers are known where the network has them.
  @Test func headersOfNumbersAreKnown() throws {
    let names = TableOptions(columnNames: ColumnNames(inputs: ["0", "1"], label: "fraud"))
    #expect(try readInputs("1,0\n5,6\n", size: 2, names).numbers == [6, 5])
    #expect(try readInputs("5,6\n1,0\n", size: 2, names).numbers == [5, 6, 1, 0])
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
    let data = try readTable(text)
    #expect(numbersOf(data) == expected && data.classNames == classes)
  }

  @Test func decimalCommasAreNotReadAsColumns() {
    #expect(
      failure { _ = try readTable("1,5;x\n2,5;y\n") }
        == "t.csv:1: the columns may be separated by ',' or ';'; --separator says by which")
    #expect(
      failure { _ = try readTable("a;b;kind\n1,5;2,5;x\n2,5;3,5;y\n") }
        == "t.csv:2: column 1 ('a'): '1,5' is not a finite number; write numbers with a decimal point")
    #expect(failure { _ = try readInputs("1,5;2\n", size: 2) }.contains("the columns may be separated by ',' or ';'"))
  }

  @Test func theOptionDecides() throws {
    let data = try readTable("1|2|a\n3|4|b\n", TableOptions(separator: .pipe))
    #expect(numbersOf(data) == [1, 2, 3, 4])
    #expect(try readTable("1,x;2\n", TableOptions(separator: .comma)).classNames == ["x;2"])
    #expect(try readInputs("1|2\n", size: 2, TableOptions(separator: .pipe)).numbers == [1, 2])
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
    #expect(try readInputs("1;2\n3;4\n", size: 2, piece: piece).numbers == [1, 2, 3, 4])
    #expect(try readInputs("1\n2\n", size: 1, piece: piece).numbers == [1, 2])
    let names = TableOptions(columnNames: ColumnNames(inputs: ["a, b", "c"], label: nil))
    #expect(try readInputs("c;\"a, b\";d\n1;2;3\n", size: 2, names, piece: piece).numbers == [2, 1])
  }
}

@Suite struct WordsAmongNumbers {
  @Test func truthValuesAreNumbers() throws {
    let data = try readTable("a,b,kind\nTrue,FALSE,True\nfalse,true,False\n")
    #expect(numbersOf(data) == [1, 0, 0, 1] && data.classNames == ["False", "True"])
  }

  @Test(arguments: ["0x10", "0x1p3", "1_000", "١"]) func otherWritingsAreNone(text: String) throws {
    #expect(failure { _ = try readTable("1,\(text),a\n") }.contains("'\(text)' is not a finite number"))
    #expect(try readTable("1,\(text)\n2,b\n").classNames.contains(text))
  }

  /// Columns that number the records are warned of: a network would learn the order of the file.
  @Test func indexColumns() throws {
    func warnings(_ name: String, _ values: [Int]) throws -> [String] {
      let rows = values.enumerated().map { "\($1),\($0 * $0 % 7),\($0 % 2 == 0 ? "x" : "y")" }
      return try readTable(([name + ",b,kind"] + rows).joined(separator: "\n")).notes.filter(\.isWarning).map(\.text)
    }
    let (counting, other) = (Array(5..<25), (0..<20).map { $0 * 7 % 20 })
    #expect(try warnings("a", counting)[0].hasPrefix("input 1 ('a') counts the records; if it is an index"))
    for name in ["id", "PassengerId", "Unnamed: 0", "", "customer_id"] {
      #expect(try warnings(name, other).map { $0.contains("another value in every record") } == [true], "\(name)")
      #expect(try warnings(name, other.map { $0 / 2 }).isEmpty)
    }
    for name in ["a", "width", "humid"] {
      #expect(try warnings(name, other.map { $0 * 3 }).isEmpty)
      #expect(try warnings(name, other)[0].contains("another value in every record"))
    }
  }
}

@Suite struct ClassCounts {
  private func check(_ labels: [String]) -> String {
    failure { try readTable("a,target\n" + labels.map { "1.5,\($0)\n" }.joined()).checkClassCounts() }
  }

  @Test func numbersToPredictAreNoClasses() {
    #expect(
      check((0..<442).map { "\(25 + $0 * 37 % 214 * 3 / 2)" })
        == "t.csv: column 'target', which holds the classes, has 214 different values in 442 samples, from 25 to 344. This "
        + "command learns classes, not numbers: at most 20, or one for every 20 samples; --label_column names another column"
    )
    #expect(check((0..<300).map { "name\($0)" }).contains("300 different values in 300 samples. This command learns"))
  }

  @Test func manyClassesAreFine() {
    #expect(check((0..<20).map { "\($0 * 3)" }) == "" && check((0..<120).map { "species \($0 % 40)" }) == "")
    #expect(check((0..<120).map { "\($0 % 40)" }) == "" && check((0..<120).map { "\($0 % 40 + 1)" }) == "")
    #expect(check((0..<120).map { "\($0 % 40 + 2)" }) != "" && check((0..<800).map { "\($0 % 40 + 2)" }) == "")
  }

  @Test func fractionsAreNone() {
    #expect(check(["1", "1.5"]).contains("'1.5' is a fraction, not a class, in column 2, which holds the classes"))
    #expect(check(["1", "1.5"]).contains("this command learns classes, not numbers"))
  }
}
