@testable import FunctionalNetIO

/// A class, its number and its line for every few characters.
let memoryPerByte = 128

/// A table of samples is whole: as many numbers and labels as its shape says, all of them finite, and every label is that of
/// a class. The same bytes as inputs to predict give numbers that are finite.
func fuzz(_ bytes: [UInt8]) {
  for column in [LabelColumn.last, .position(1), .named("kind")] {
    guard let data = try? Dataset(csv: bytes, file: "f", labelColumn: column) else { continue }
    guard case .numbers(let numbers) = data.inputs else { fatalError("a table has numbers") }
    law(numbers.count == data.count * data.sampleSize && data.count > 0, "\(numbers.count) numbers")
    law(numbers.allSatisfy(\.isFinite), "numbers are finite")
    law(data.labels.indices.allSatisfy(data.classNames.indices.contains), "labels are those of classes")
    law(Set(data.labels.indices).count == data.classNames.count, "every class occurs")
    law(Set(data.classNames).count == data.classNames.count, "no class has two numbers")
    if numbers.count < 1000 {
      let x = InputScaling(fitting: data).applied(to: data.tensor(Double.self))
      law(x.elements.allSatisfy(\.isFinite), "scaled numbers are finite")
    }
  }
  for size in 1...3 {
    guard let inputs = try? UnlabelledInputs(contents: bytes, file: "f", size: size) else { continue }
    guard case .numbers(let numbers) = inputs[0..<inputs.count] else { continue }
    law(numbers.count == inputs.count * size && numbers.allSatisfy(\.isFinite), "numbers to predict are finite")
  }
}
