import CZlib

/// Whether these are the first bytes of gzip data.
func beginsGzip(_ start: [UInt8]) -> Bool { start.starts(with: [0x1F, 0x8B]) }

/// The bytes as they are, or, where they are gzip data, what they were compressed from. Files that were joined are one file, and
/// zeros behind them are padding; anything else behind them is an error.
///
/// - Parameter limit: the most bytes to expect; data that holds more is an error, so that a small file cannot fill the
///   memory. Deflate never packs more than 1,032 bytes into one.
/// - Throws: `FileError` where the data is truncated or corrupt.
public func gunzip(_ bytes: [UInt8], file: String, limit: Int = .max) throws(FileError) -> [UInt8] {
  guard beginsGzip(bytes) else { return bytes }
  let limit = max(0, limit)
  let pieces = try Pieces(bytes, name: file, size: 1 << 18).unpacked()
  var output: [UInt8] = []
  // What the data says of its size is believed as far as it is likely.
  output.reserveCapacity(min(statedSize(bytes), bytes.count * 32, limit))
  while case let piece = try pieces.next(), !piece.isEmpty {
    guard piece.count <= limit - output.count else {
      throw FileError(file, nil, "the gzip data holds more than the \(limit) bytes that were expected")
    }
    output += piece
  }
  return output
}

/// What the last four bytes of gzip data say of its size.
private func statedSize(_ bytes: [UInt8]) -> Int {
  bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
}

/// The CRC-32 of bytes, as zlib, PNG and Python's `zlib.crc32` have it.
public func crc32(_ bytes: some Sequence<[UInt8]>) -> UInt32 {
  bytes.reduce(0) { crc32($1[...], after: $0) }
}

/// The CRC-32 of bytes that follow others with a checksum that is known.
func crc32(_ bytes: ArraySlice<UInt8>, after sum: UInt32 = 0) -> UInt32 {
  bytes.withUnsafeBufferPointer { UInt32(crc32_z(uLong(sum), $0.baseAddress, $0.count)) }
}
