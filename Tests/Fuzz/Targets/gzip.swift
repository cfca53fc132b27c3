import FunctionalNetIO

/// The limits below, and the arrays that hold it twice while one of them grows.
let memoryPerByte = 16

/// Nothing beyond a limit comes out, whatever the data says; and all bytes come back from gzip data of them.
func fuzz(_ bytes: [UInt8]) {
  for limit in [0, 1000, 4 * bytes.count] {
    if let unpacked = try? gunzip(bytes, file: "f", limit: limit), bytes.starts(with: [0x1F, 0x8B]) {
      law(unpacked.count <= limit, "\(unpacked.count) bytes, \(limit) is the limit")
    }
  }
  let packed = gzipped(bytes)
  law((try? gunzip(packed, file: "f")) == bytes, "all bytes come back")
  law((try? gunzip(packed, file: "f", limit: bytes.count)) == bytes, "all bytes come back, where no more are expected")
  law((try? gunzip(packed + packed, file: "f")) == bytes + bytes, "files that were joined are one file")
  law((try? gunzip(Array(packed.dropLast()), file: "f")) == nil, "what is cut is refused")
}
