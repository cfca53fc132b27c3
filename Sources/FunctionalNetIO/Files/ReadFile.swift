#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// All bytes of a file, or of standard input where the path is `-`.
///
/// - Throws: `FileError` where it does not exist, is a folder or cannot be read.
public func readFile(_ path: String) throws(FileError) -> [UInt8] {
  let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError(path, nil, systemMessage()) }
  defer { if descriptor != STDIN_FILENO { close(descriptor) } }

  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw FileError(path, nil, systemMessage()) }
  if status.st_mode & S_IFMT == S_IFDIR { throw FileError(path, nil, "this is a folder, not a file") }

  var bytes: [UInt8] = []
  var room = max(Int(status.st_size) + 1, 1 << 16)  // one more, so that the end of the file is seen without growing
  while true {
    var result = 0
    let start = bytes.count
    let more = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      while count < room {
        result = read(descriptor, buffer.baseAddress! + count, room - count)
        if result < 0 && errno == EINTR { continue }
        if result <= 0 { break }
        count += result
      }
    }
    guard result >= 0 else { throw FileError(path, .byte(start + more.count), systemMessage()) }
    if bytes.isEmpty { bytes = more } else { bytes += more }
    if result == 0 { return bytes }
    room = bytes.count
  }
}

/// What the system says of the call that just failed.
func systemMessage() -> String {
  let message = String(cString: strerror(errno))
  return message.prefix(1).lowercased() + message.dropFirst()
}

/// Whether a path leads to a folder, to a file with contents of its own, or to anything at all.
public func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }
public func isRegularFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

private func kind(of path: String) -> mode_t? {
  var status = stat()
  return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
}

public func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }
