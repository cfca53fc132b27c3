/// Memory whose pieces begin at a line and have the lines that they begin for themselves. It is given back with the last
/// reference to it.
final class LineMemory {
  private var pieces: [UnsafeMutableRawPointer] = []

  func allocate<T>(_ count: Int) -> UnsafeMutablePointer<T> {
    let bytes = (count * MemoryLayout<T>.stride + 63) / 64 * 64
    let piece = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64), alignment: 128)
    pieces.append(piece)
    return piece.assumingMemoryBound(to: T.self)
  }

  /// The same, with a number everywhere.
  func allocate<T>(_ count: Int, repeating value: T) -> UnsafeMutablePointer<T> {
    let piece: UnsafeMutablePointer<T> = allocate(count)
    piece.initialize(repeating: value, count: count)
    return piece
  }

  /// A count rounded up to whole lines.
  static func padded<T>(_ count: Int, _ type: T.Type) -> Int {
    let line = 64 / MemoryLayout<T>.stride
    return (count + line - 1) / line * line
  }

  deinit {
    for piece in pieces { piece.deallocate() }
  }
}
