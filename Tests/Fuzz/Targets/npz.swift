@testable import FunctionalNetIO

/// As for `.npy`.
let memoryPerByte = 64

/// All arrays that can be read are written to an archive, stored and deflated, that gives the same.
func fuzz(_ bytes: [UInt8]) {
  guard let archive = try? NPZ(bytes, file: "f") else { return }
  if let parts = try? DatasetParts(archive, keys: nil) { check(parts) }
  var arrays: [(name: String, array: FileArray)] = []
  for name in archive.names {
    law(!archive.summary(name).isEmpty, "every array has a summary")
    if let array = try? archive.array(name) { arrays.append((name, array)) }
  }
  if arrays.isEmpty { return }
  for isDeflated in [false, true] {
    guard let again = try? NPZ(NPZ.bytes(of: arrays, isDeflated: isDeflated), file: "f") else {
      fatalError("broken law: an archive is written, but not read")
    }
    law(again.names == arrays.map(\.name), "the same names again")
    for (name, array) in arrays {
      let bits = { (array: FileArray?) in array?.elements.numbers.map(\.bitPattern) }
      law(bits(try? again.array(name)) == bits(array), "the same bits of '\(name)' again")
    }
  }
}

private func check(_ parts: DatasetParts) {
  for data in [parts.training] + (parts.test.map { [$0] } ?? []) {
    law(data.labels.indices.allSatisfy(data.classNames.indices.contains), "labels are those of classes")
    law(data.tensor(Double.self).elements.allSatisfy(\.isFinite), "numbers are finite")
  }
}
