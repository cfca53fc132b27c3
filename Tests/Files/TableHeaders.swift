import FunctionalNet
import TestSupport
import Testing

@testable import FunctionalNetIO

@Suite struct Headers {
  /// Rows of measurements in whole numbers, with two classes.
  private static let rows = (0..<8).map { "\($0 * 7 % 5),\($0 * 3 % 7),\($0 % 4),\($0 % 2)\n" }.joined()
  private static let words = rows.replacing(",0\n", with: ",cat\n").replacing(",1\n", with: ",dog\n")

  @Test(
    arguments: [
      ("0,1,2,fraud", false, true), ("0,1,2,3", false, true), ("1,2,3,9", false, true), ("a,b,c,d", false, true),
      ("1,2,3,1", false, false),
      ("0,1,2,species", true, true), ("2019,2020,2021,species", true, true), ("", false, false), ("", true, false),
      ("9,8,7,cat", true, false), ("1.5,2.5,3.5,cat", true, false),
    ] as [(String, Bool, Bool)])
  func aHeaderIsKnownByItsContents(first: String, areWords: Bool, isHeader: Bool) throws {
    let text = (first.isEmpty ? "" : first + "\n") + (areWords ? Self.words : Self.rows)
    let data = try readTable(text)
    #expect(data.count == text.count { $0 == "\n" } - (isHeader ? 1 : 0))
    let names = first.split(separator: ",").map(String.init)
    #expect(data.columnNames == (isHeader ? ColumnNames(inputs: names.dropLast(), label: names.last) : nil))
  }

  @Test func whatIsNoLabelOfTheRestIsSaid() throws {
    let data = try readTable("2019,2020,2021,species\n" + Self.words)
    #expect(
      data.notes.count == 1 && data.notes[0].text.hasPrefix("line 1 is taken for a header, since its class, 'species'"))
    #expect(try readTable("0,1,2,species\n" + Self.words).notes == [])
    #expect(try readTable("0,1,2,3\n" + Self.rows).notes[0].text.contains("since it counts the columns (--header no"))
  }

  @Test func aWordAmongNumbersMayBeAName() throws {
    let text = "flag,0,1,kind\nTrue,5,6,x\nFalse,7,8,y\n"
    let message = "t.csv:1: column 1: 'flag' is not a finite number; if this line names the columns, say --header yes"
    #expect(
      failure { _ = try readTable(text) }
        == message + "; the classes are taken from column 4 (--label_column names another)")
    #expect(try readTable(text, TableOptions(hasHeader: true)).columnNames?.inputs == ["flag", "0", "1"])
    for piece in [1, 5, 1 << 20] {
      #expect(
        failure { _ = try readInputs("# x\n\nflag,0\nTrue,5\n", size: 2, piece: piece) }
          == message.replacing(":1:", with: ":3:"))
      #expect(
        failure { _ = try readInputs("1,0\nflag,5\n", size: 2, piece: piece) }
          == "t.csv:2: column 1: 'flag' is not a finite number")
    }
  }

  /// A first line that may as well name the columns is never taken for a record in silence.
  @Test(
    arguments: [
      "900.5,905.5,910.5,class", "-1,-2,-3,c", "0,0.1,1,y", "0,1,2,class",
    ])
  func namesThatAreNumbers(first: String) throws {
    let isHeader = first == "0,1,2,class"
    let found = failure { _ = try readTable(first + "\n" + Self.words) }
    #expect(isHeader ? found == "" : found.hasPrefix("t.csv:1: this line may name the columns or be a record"))
    let told = try readTable(first + "\n" + Self.words, TableOptions(hasHeader: true))
    #expect(told.classNames == ["cat", "dog"] && told.count == 8)
  }

  @Test func fewColumnsThatAreCounted() throws {
    for text in ["0,1,2\n5,6,2\n7,8,1\n9,9,1\n", "0,1\n5,1\n7,0\n"] {
      #expect(failure { _ = try readTable(text) }.contains("this line may name the columns or be a record"))
      #expect(try readTable(text, TableOptions(hasHeader: true)).count == text.count { $0 == "\n" } - 1)
    }
    #expect(try readTable("0,0,0\n0,1,1\n1,0,1\n1,1,0\n").count == 4)
  }

  @Test func namesOfOthersAreNotTakenForRecords() throws {
    let known = TableOptions(columnNames: ColumnNames(inputs: ["a", "b", "c"], label: "kind"))
    for text in ["0,1,2\n1.5,2,3\n", "2,0,1\n1.5,2,3\n"] {
      #expect(
        failure { _ = try readInputs(text, size: 3, known) }.contains("this line may name the columns or be a record"))
      var options = known
      options.hasHeader = false
      #expect(try readInputs(text, size: 3, options).numbers.suffix(3) == [1.5, 2, 3])
    }
    #expect(try readInputs("1,2,3\n", size: 3, known).numbers == [1, 2, 3])
    #expect(try readInputs("0,1\n", size: 2).numbers == [0, 1])
  }

  @Test func doubtIsAnError() {
    let text = "1,2,3,ant\n5,6,7,bee\n5,6,8,bee\n1,1,1,cow\n"
    #expect(
      failure { _ = try readTable(text) }
        == "t.csv:1: this line may name the columns or be a record: --header yes or --header no says which")
    #expect(try! readTable(text, TableOptions(hasHeader: true)).count == 3)
    #expect(try! readTable(text, TableOptions(hasHeader: false)).classNames == ["ant", "bee", "cow"])
  }

  @Test func theOptionDecides() throws {
    let header = try readTable("1,2,0\n3,4,1\n5,6,0\n", TableOptions(hasHeader: true))
    #expect(header.columnNames == ColumnNames(inputs: ["1", "2"], label: "0") && numbersOf(header) == [3, 4, 5, 6])
    #expect(
      failure { _ = try readTable("a,b,kind\n1,2,x\n", TableOptions(hasHeader: false)) }.hasPrefix(
        "t.csv:1: column 1: 'a' is not a finite number"))
    #expect(try readInputs("1,2\n3,4\n", size: 2, TableOptions(hasHeader: true)).numbers == [3, 4])
  }

  /// Training and prediction agree about the first line, for headers and for records.
  @Test func predictionAgrees() throws {
    #expect(
      failure { _ = try readInputs("0,1,2,3\n4,5,6,7\n", size: 4) }.contains("may name the columns or be a record"))
    #expect(try readInputs("0,1,2,3\n4,5,6,7\n", size: 4, TableOptions(hasHeader: true)).numbers == [4, 5, 6, 7])
    #expect(try readInputs("1,2,3,4\n", size: 4).numbers == [1, 2, 3, 4])
    let names = TableOptions(columnNames: ColumnNames(inputs: ["w", "x", "y", "z"], label: nil))
    #expect(try readInputs("0,1,2,4\n", size: 4, names).numbers == [0, 1, 2, 4])
    #expect(try readInputs("0,2,2\n4,5,6\n", size: 3).numbers == [0, 2, 2, 4, 5, 6])
  }

  /// A number names a column only in a header: UCI's balance-scale has the class first, and ones in its first record.
  @Test func aNumberIsANameOnlyInAHeader() throws {
    let data = try readTable(
      "?,3,0,7.5\n1,4,1,2.5\n2,3,0,1.5\n", TableOptions(labelColumn: .position(3), missing: .drop))
    #expect(data.classNames == ["0", "1"] && numbersOf(data) == [1, 4, 2.5, 2, 3, 1.5])
    let balance = try readTable("B,1,1,1\nR,1,1,2\nR,1,2,1\n", TableOptions(labelColumn: .position(1)))
    #expect(balance.classNames == ["B", "R"] && balance.count == 3)
    let named = try readTable("a,3,b\n1,0,2.5\n3,1,4.5\n", TableOptions(labelColumn: .position(3)))
    #expect(named.labels == [0, 1] && named.columnNames?.label == "3")
    #expect(named.notes.map(\.text) == ["--label_column 3 is the column named '3', column 2 of the file"])
  }

  @Test func aNameWithoutAHeaderIsAnError() {
    #expect(
      failure { _ = try readTable("1,2,x\n3,4,y\n", TableOptions(hasHeader: false, labelColumn: .named("x"))) }
        == "t.csv:1: without a header no column is named 'x'; --label_column takes a number from 1 to 3")
    #expect(
      failure { _ = try readTable("1,2,x\n3,4,x\n3,4,y\n", TableOptions(labelColumn: .named("x"))) }
        == "t.csv:1: no header line names a column 'x'")
  }
}
