import FunctionalNetIO

/// The file in an array, its parts, and the array when it is checked.
let memoryPerByte = 8

/// What is read is written back to the same bytes, plain and compressed.
func fuzz(_ bytes: [UInt8]) {
  guard let idx = try? IDX(bytes, file: "f", dimensions: 1...4) else { return }
  law(idx.shape.reduce(1, *) == idx.bytes.count, "shape \(idx.shape) of \(idx.bytes.count) bytes")
  let lengths = idx.shape.flatMap { length in [24, 16, 8, 0].map { UInt8(length >> $0 & 255) } }
  let written = [0, 0, 8, UInt8(idx.shape.count)] + lengths + idx.bytes
  law((try? IDX(written, file: "f", dimensions: 1...4)) == idx, "the same bytes again")
  law((try? IDX(gzipped(written), file: "f", dimensions: 1...4)) == idx, "the same bytes, compressed")
}
