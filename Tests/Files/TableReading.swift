import FunctionalNet

@testable import FunctionalNetIO

// What tests of tables read from texts.

/// A table with classes.
func readTable(_ text: String, _ options: TableOptions = TableOptions()) throws -> Dataset {
  try Dataset(csv: Array(text.utf8), file: "t.csv", options: options)
}

/// The numbers that a network is given for the records of a table, and the notes about them; read in pieces of some size.
func readInputs(
  _ text: String, size: Int, _ options: TableOptions = TableOptions(), piece: Int = 1 << 20
) throws -> (numbers: [Double], notes: [String]) {
  var source = try UnlabelledInputs(Pieces(Array(text.utf8), name: "t.csv", size: piece), size: size, table: options)
  var numbers: [Double] = []
  while case .numbers(let more)? = try source.next(atMost: 2) { numbers += more }
  return (numbers, source.notes.map(\.text))
}

/// The inputs of all samples.
func numbersOf(_ data: Dataset) -> [Double] { data.tensor(Double.self).elements }
