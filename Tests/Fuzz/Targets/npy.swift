@testable import FunctionalNetIO

/// A Double for every number of one byte, and again where they are put in order.
let memoryPerByte = 64

/// What is read is written to a file that gives the same array, bit for bit.
func fuzz(_ bytes: [UInt8]) {
  guard let array = try? FileArray(npy: bytes, file: "f") else { return }
  if let data = try? Dataset(npy: array, labelColumn: .last, file: "f") {
    law(data.labels.indices.allSatisfy(data.classNames.indices.contains), "labels are those of classes")
    law(data.tensor(Double.self).elements.allSatisfy(\.isFinite), "numbers are finite")
  }
  guard let again = try? FileArray(npy: NPY.bytes(of: array), file: "f") else {
    fatalError("broken law: an array is written, but not read")
  }
  law(again.shape == array.shape, "shape \(array.shape) is read as \(again.shape)")
  law(again.elements.numbers.map(\.bitPattern) == array.elements.numbers.map(\.bitPattern), "the same bits again")
}
