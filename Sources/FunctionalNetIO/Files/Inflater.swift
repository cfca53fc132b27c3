extension Pieces {
  /// The bytes as they are, or, where they are gzip data, what they were compressed from.
  ///
  /// Reading throws where the data is truncated or corrupt, or followed by something else, after what comes before that.
  func unpacked() throws(FileError) -> Pieces {
    let (start, pieces) = try peeked(2)
    guard beginsGzip(start) else { return pieces }
    let inflater = try Inflater(pieces)
    return Pieces(name: name, next: { () throws(FileError) in try inflater.next() }, isReady: { inflater.isReady })
  }
}

/// Unpacks gzip data piece by piece.
private final class Inflater {
  private let source: Pieces
  private let inflate: Inflate
  private var input: [UInt8] = []
  private var used = 0  // of the input
  private var consumed = 0  // of all that came
  private var state = State.inside
  private static let pieceSize = 1 << 18

  private enum State {
    case inside

    /// The latest piece was full, and there may be more without any input.
    case full

    /// Behind the end of a member: what follows is another one, or padding, or the end.
    case between
    case corrupt
    case finished
  }

  init(_ source: Pieces) throws(FileError) {
    self.source = source
    inflate = try Inflate(.gzip, file: source.name)
  }

  var isReady: Bool { used < input.count || [.full, .corrupt, .finished].contains(state) || source.isReady() }

  func next() throws(FileError) -> [UInt8] {
    while state != .finished {
      if state == .corrupt { throw FileError(source.name, .byte(consumed), "the gzip data is corrupt") }
      if used == input.count && state != .full {
        (input, used) = (try source.next(), 0)
        guard !input.isEmpty else {
          guard state == .between else { throw FileError(source.name, .byte(consumed), "the gzip data ends too early") }
          state = .finished
          break
        }
      }
      if state == .between {
        try skipPadding()
        continue
      }
      let output = inflated()
      if !output.isEmpty { return output }
    }
    return []
  }

  /// Goes on to the next member, if that has come already.
  private func skipPadding() throws(FileError) {
    let zeros = input[used...].prefix { $0 == 0 }.count
    used += zeros
    consumed += zeros
    guard used < input.count else { return }
    guard input[used] == 0x1F else {
      throw FileError(
        source.name, .byte(consumed),
        "the gzip data ends here, but the file goes on with neither zeros nor more gzip data; it is damaged, or something "
          + "was added to it")
    }
    inflate.restart()
    state = .inside
  }

  /// What the input makes, up to the size of a piece.
  private func inflated() -> [UInt8] {
    var status = Inflate.Status.goesOn
    let output = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      input.withUnsafeBufferPointer { input in
        let step = inflate.step(UnsafeBufferPointer(rebasing: input[used...]), into: buffer)
        consumed += step.consumed
        used += step.consumed
        (count, status) = (step.produced, step.status)
      }
    }
    switch status {
    case .ended: state = .between
    case .goesOn, .waits: state = output.count == Self.pieceSize ? .full : .inside
    case .corrupt: state = .corrupt  // what comes before that is given first
    }
    return output
  }
}
