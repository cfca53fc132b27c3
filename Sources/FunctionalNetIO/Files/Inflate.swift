import CZlib

/// zlib's inflate, which unpacks what comes as far as there is room for it: the only caller of that function.
final class Inflate {
  /// What is around the packed bytes.
  enum Frame {
    case gzip, none
  }

  enum Status {
    case goesOn

    /// The packed bytes came to their end.
    case ended

    /// Nothing can be done without more input or more room.
    case waits
    case corrupt
  }

  /// In memory of its own, since zlib remembers where it is.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  /// - Throws: `FileError` where there is no memory for it.
  init(_ frame: Frame, file: String) throws(FileError) {
    stream.initialize(to: z_stream())
    let windowBits = frame == .gzip ? 16 + MAX_WBITS : -MAX_WBITS
    guard inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw FileError(file, nil, "out of memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks some of the input into some of the output.
  func step(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> (consumed: Int, produced: Int, status: Status) {
    let given = min(input.count, Int(UInt32.max))
    let wanted = min(output.count, Int(UInt32.max))
    var nothing: UInt8 = 0
    let result = withUnsafeMutablePointer(to: &nothing) { nothing in
      // Where there is no room, the end of the data may still have to be read.
      stream.pointee.next_in = given > 0 ? UnsafeMutablePointer(mutating: input.baseAddress!) : nothing
      stream.pointee.avail_in = UInt32(given)
      stream.pointee.next_out = wanted > 0 ? output.baseAddress! : nothing
      stream.pointee.avail_out = UInt32(wanted)
      return inflate(stream, Z_NO_FLUSH)
    }
    let status: Status =
      switch result {
      case Z_OK: .goesOn
      case Z_STREAM_END: .ended
      case Z_BUF_ERROR: .waits
      default: .corrupt
      }
    return (given - Int(stream.pointee.avail_in), wanted - Int(stream.pointee.avail_out), status)
  }

  /// Begins again with other packed bytes.
  func restart() { inflateReset(stream) }
}
