#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes that come piece by piece: those of a file, of a pipe, or of packed data. However long they are, memory holds a
/// piece or two.
struct Pieces {
  /// What errors call it.
  let name: String

  /// The next bytes; none at the end, and then always none.
  let next: () throws(FileError) -> [UInt8]

  /// Whether `next` answers without waiting for somebody to write.
  let isReady: () -> Bool
}

extension Pieces {
  /// Bytes that are there, in pieces of some size.
  init(_ bytes: [UInt8], name: String, size: Int) {
    var at = 0
    self.init(
      name: name,
      next: {
        let piece = Array(bytes[at..<min(at + size, bytes.count)])
        at += piece.count
        return piece
      }, isReady: { true })
  }

  /// The bytes of a file, or of standard input where the path is `-`.
  ///
  /// - Throws: `FileError` where it does not exist or is a folder; reading throws where it cannot be read.
  init(path: String, name: String) throws(FileError) {
    let file = try OpenFile(path: path, name: name)
    self.init(name: name, next: { () throws(FileError) in try file.read() }, isReady: { file.isReady })
  }

  /// The same with bytes before them that were taken already.
  func with(before bytes: [UInt8]) -> Pieces {
    var before = bytes
    return Pieces(
      name: name,
      next: { () throws(FileError) in
        if before.isEmpty { return try next() }
        defer { before = [] }
        return before
      }, isReady: { !before.isEmpty || isReady() })
  }

  /// The first bytes, at least `count` of them unless there are fewer, and pieces that begin with them.
  func peeked(_ count: Int) throws(FileError) -> (start: [UInt8], pieces: Pieces) {
    var start: [UInt8] = []
    while start.count < count {
      let piece = try next()
      if piece.isEmpty { break }
      start += piece
    }
    return (start, with(before: start))
  }
}

/// A file that is read from its beginning to its end, and closed with its last user.
private final class OpenFile {
  private let descriptor: CInt
  private let name: String
  private var position = 0
  private static let pieceSize = 1 << 18

  init(path: String, name: String) throws(FileError) {
    self.name = name
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(name, nil, systemMessage()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(name, nil, systemMessage()) }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileError(name, nil, "this is a folder, not a file") }
  }

  deinit { if descriptor > STDIN_FILENO { close(descriptor) } }

  /// What there is, up to the size of a piece.
  func read() throws(FileError) -> [UInt8] {
    var result = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      repeat { result = systemRead(descriptor, buffer.baseAddress!, Self.pieceSize) } while result < 0 && errno == EINTR
      count = max(0, result)
    }
    guard result >= 0 else { throw FileError(name, .byte(position), systemMessage()) }
    position += result
    return bytes
  }

  /// Whether there is something to read, or the end.
  var isReady: Bool {
    var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&descriptors, 1, 0) != 0
  }
}

private func systemRead(_ descriptor: CInt, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
