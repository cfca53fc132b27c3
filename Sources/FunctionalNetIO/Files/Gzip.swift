import CZlib

/// The bytes as they are, or, where they are gzip data, what they were compressed from.
///
/// - Parameter limit: the most bytes to expect; data that holds more is an error, so that a small file cannot fill the
///   memory. Deflate never packs more than 1,032 bytes into one.
/// - Throws: `FileError` where the data is truncated or corrupt.
public func gunzip(_ bytes: [UInt8], file: String, limit: Int = .max) throws(FileError) -> [UInt8] {
  guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
  let limit = max(0, limit)
  var output: [UInt8] = []
  var failure: FileError?
  bytes.withUnsafeBufferPointer { input in
    var stream = z_stream()
    let detectGzip: Int32 = 16 + MAX_WBITS
    guard inflateInit2_(&stream, detectGzip, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      failure = FileError(file, nil, "out of memory")
      return
    }
    defer { inflateEnd(&stream) }
    var consumed = 0
    // What the data says of its size is believed as far as it is likely.
    var room = min(statedSize(bytes), bytes.count * 32, limit) &+ 1
    while true {
      var status = Z_OK
      var produced = 0
      let part = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        while produced < room && status == Z_OK {
          let given = min(input.count - consumed, Int(UInt32.max))
          let wanted = min(room - produced, Int(UInt32.max))
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + consumed)
          stream.avail_in = UInt32(given)
          stream.next_out = buffer.baseAddress! + produced
          stream.avail_out = UInt32(wanted)
          status = inflate(&stream, Z_NO_FLUSH)
          consumed += given - Int(stream.avail_in)
          produced += wanted - Int(stream.avail_out)
          if status == Z_STREAM_END && consumed < input.count && input[consumed] == 0x1F {
            status = inflateReset(&stream)  // files that were joined are one file
          }
        }
        count = produced
      }
      if output.isEmpty { output = part } else { output += part }
      if output.count > limit {
        failure = FileError(file, nil, "the gzip data holds more than the \(limit) bytes that were expected")
        return
      }
      if status == Z_STREAM_END { return }
      if status != Z_OK {
        let isCut = status == Z_BUF_ERROR && consumed == input.count
        failure = FileError(file, .byte(consumed), isCut ? "the gzip data ends too early" : "the gzip data is corrupt")
        return
      }
      room = min(max(output.count, 1 << 16), limit - output.count + 1)
    }
  }
  if let failure { throw failure }
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
