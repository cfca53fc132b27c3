@testable import FunctionalNetIO

/// A class, its number and its line for every few characters.
let memoryPerByte = 128

/// A table of samples is whole: as many numbers and labels as its shape says, all of them finite, and every label is that of
/// a class. The same bytes as inputs to predict give numbers that are finite, the same for pieces
/// of any size.
func fuzz(_ bytes: [UInt8]) {
  for (column, missing) in [(LabelColumn.last, MissingValues.error), (.position(1), .drop), (.named("kind"), .mean)] {
    guard let data = try? Dataset(csv: bytes, file: "f", options: TableOptions(labelColumn: column, missing: missing))
    else { continue }
    guard case .numbers(let numbers) = data.inputs else { fatalError("a table has numbers") }
    law(numbers.count == data.count * data.sampleSize && data.count > 0, "\(numbers.count) numbers")
    law(numbers.allSatisfy { $0.isFinite || missing == .mean && $0.isNaN }, "numbers are finite, or missing")
    law(data.labels.indices.allSatisfy(data.classNames.indices.contains), "labels are those of classes")
    law(Set(data.labels.indices).count == data.classNames.count, "every class occurs")
    law(Set(data.classNames).count == data.classNames.count, "no class has two numbers")
    if numbers.count < 1000 {
      let x = InputScaling(fitting: data).applied(to: data.tensor(Double.self))
      law(x.elements.allSatisfy(\.isFinite), "scaled numbers are finite")
    }
  }
  let named = TableOptions(columnNames: ColumnNames(inputs: ["a", "b"], label: "kind"))
  for (size, options) in [(1, TableOptions()), (2, TableOptions()), (3, TableOptions()), (2, named)] {
    guard let whole = rows(bytes, size: size, options, piece: bytes.count + 1) else { continue }
    law(whole.count % size == 0 && whole.allSatisfy(\.isFinite), "numbers to predict are finite")
    law(rows(bytes, size: size, options, piece: 3) == whole, "what is read does not depend on pieces")
  }
}

/// The numbers to predict from, read in pieces of some size; nil where they are wrong or bytes.
private func rows(_ bytes: [UInt8], size: Int, _ options: TableOptions, piece: Int) -> [Double]? {
  let pieces = Pieces(bytes, name: "f", size: piece)
  guard var inputs = try? UnlabelledInputs(pieces, size: size, table: options) else { return nil }
  var numbers: [Double] = []
  do {
    while let part = try inputs.next(atMost: 10) {
      guard case .numbers(let more) = part else { return nil }
      numbers += more
    }
  } catch { return nil }
  return numbers
}
