import CZlib

// Deflate without gzip's frame, as ZIP archives have it.

/// The most bytes that deflate packs into one.
let mostDeflated = 1032

/// What these bytes were compressed from: all of its `size` bytes, or, where it is longer and `isWhole` is false, the first
/// `size` of them. Nil where that is not what they hold.
func inflated(_ packed: ArraySlice<UInt8>, size: Int, isWhole: Bool = true) -> [UInt8]? {
  var isGood = false
  let output = packed.withUnsafeBufferPointer { input in
    [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var stream = z_stream()
      guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return }
      defer { inflateEnd(&stream) }
      var nothing: UInt8 = 0
      var (consumed, produced) = (0, 0)
      var status = Z_OK
      while status == Z_OK {
        let given = min(input.count - consumed, Int(UInt32.max))
        let wanted = min(size - produced, Int(UInt32.max))
        withUnsafeMutablePointer(to: &nothing) { nothing in
          // Where there is no room left, the end of the data may still have to be read.
          stream.next_in = given > 0 ? UnsafeMutablePointer(mutating: input.baseAddress! + consumed) : nothing
          stream.avail_in = UInt32(given)
          stream.next_out = wanted > 0 ? buffer.baseAddress! + produced : nothing
          stream.avail_out = UInt32(wanted)
          status = inflate(&stream, Z_NO_FLUSH)
        }
        consumed += given - Int(stream.avail_in)
        produced += wanted - Int(stream.avail_out)
        if !isWhole && produced == size { break }
      }
      count = produced
      isGood = produced == size && (!isWhole || (status == Z_STREAM_END && consumed == input.count))
    }
  }
  return isGood ? output : nil
}

/// The bytes compressed.
func deflated(_ bytes: [UInt8]) -> [UInt8] {
  bytes.withUnsafeBufferPointer { input in
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "out of memory")
    defer { deflateEnd(&stream) }
    return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, uLong(input.count)))) { buffer, count in
      var consumed = 0
      var status = Z_OK
      while status != Z_STREAM_END {
        let given = min(input.count - consumed, Int(UInt32.max))
        let wanted = min(buffer.count - count, Int(UInt32.max))
        stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
        stream.avail_in = UInt32(given)
        stream.next_out = buffer.baseAddress! + count
        stream.avail_out = UInt32(wanted)
        status = deflate(&stream, consumed + given == input.count ? Z_FINISH : Z_NO_FLUSH)
        consumed += given - Int(stream.avail_in)
        count += wanted - Int(stream.avail_out)
      }
    }
  }
}
