import CZlib

extension Pieces {
  /// The bytes as they are, or, where they are gzip data, what they were compressed from.
  ///
  /// Reading throws where the data is truncated or corrupt, after what comes before that place.
  func unpacked() throws(FileError) -> Pieces {
    let (start, pieces) = try peeked(2)
    guard start.starts(with: [0x1F, 0x8B]) else { return pieces }
    let inflater = try Inflater(pieces)
    return Pieces(name: name, next: { () throws(FileError) in try inflater.next() }, isReady: { inflater.isReady })
  }
}

/// Unpacks gzip data piece by piece.
private final class Inflater {
  private let source: Pieces

  /// In memory of its own, since zlib remembers where it is.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var input: [UInt8] = []
  private var used = 0  // of the input
  private var consumed = 0  // of all that came
  private var state = State.inside
  private static let pieceSize = 1 << 18

  private enum State {
    case inside

    /// The latest piece was full, and there may be more without any input.
    case full

    /// Behind the end of a file; files that were joined are one file.
    case between
    case finished
  }

  init(_ source: Pieces) throws(FileError) {
    self.source = source
    stream.initialize(to: z_stream())
    let detectGzip: Int32 = 16 + MAX_WBITS
    guard inflateInit2_(stream, detectGzip, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw FileError(source.name, nil, "out of memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  var isReady: Bool { used < input.count || state == .full || state == .finished || source.isReady() }

  func next() throws(FileError) -> [UInt8] {
    while state != .finished {
      if used == input.count && state != .full {
        (input, used) = (try source.next(), 0)
        guard !input.isEmpty else {
          guard state == .between else { throw FileError(source.name, .byte(consumed), "the gzip data ends too early") }
          state = .finished
          break
        }
      }
      if state == .between {
        state = input[used] == 0x1F && inflateReset(stream) == Z_OK ? .inside : .finished
        continue
      }
      let output = try inflated()
      if !output.isEmpty { return output }
    }
    return []
  }

  /// What the input makes, up to the size of a piece.
  private func inflated() throws(FileError) -> [UInt8] {
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      input.withUnsafeBufferPointer { input in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + used })
        stream.pointee.avail_in = UInt32(input.count - used)
        stream.pointee.next_out = buffer.baseAddress!
        stream.pointee.avail_out = UInt32(Self.pieceSize)
        status = inflate(stream, Z_NO_FLUSH)
        consumed += input.count - used - Int(stream.pointee.avail_in)
        used = input.count - Int(stream.pointee.avail_in)
        count = Self.pieceSize - Int(stream.pointee.avail_out)
      }
    }
    switch status {
    case Z_STREAM_END: state = .between
    case Z_OK, Z_BUF_ERROR: state = output.count == Self.pieceSize ? .full : .inside
    default: throw FileError(source.name, .byte(consumed), "the gzip data is corrupt")
    }
    return output
  }
}
