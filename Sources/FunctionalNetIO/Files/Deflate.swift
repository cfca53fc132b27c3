import CZlib

// Deflate without gzip's frame, as ZIP archives have it.

/// The most bytes that deflate packs into one.
let mostDeflated = 1032

/// What these bytes were compressed from: all of its `size` bytes, or, where it is longer and `isWhole` is false, the first
/// `size` of them. Nil where that is not what they hold.
func inflated(_ packed: ArraySlice<UInt8>, size: Int, isWhole: Bool = true) -> [UInt8]? {
  guard let inflate = try? Inflate(.none, file: "") else { return nil }
  var isGood = false
  let output = packed.withUnsafeBufferPointer { input in
    [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var consumed = 0
      var status = Inflate.Status.goesOn
      while status == .goesOn && (isWhole || count < size) {
        let step = inflate.step(
          UnsafeBufferPointer(rebasing: input[consumed...]),
          into: UnsafeMutableBufferPointer(rebasing: buffer[count..<size]))
        consumed += step.consumed
        count += step.produced
        status = step.status
      }
      isGood = count == size && (!isWhole || (status == .ended && consumed == input.count))
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
