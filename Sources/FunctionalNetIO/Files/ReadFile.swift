#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// All bytes of a file, or of standard input where the path is `-`.
///
/// - Parameter limit: the most bytes to read of what is no regular file, such as a pipe or a device, which may have no end.
/// - Throws: `FileError` where it does not exist, is a folder, is too large or cannot be read.
public func readFile(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
  let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError(path, nil, systemMessage()) }
  defer { if descriptor != STDIN_FILENO { close(descriptor) } }

  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw FileError(path, nil, systemMessage()) }
  if status.st_mode & S_IFMT == S_IFDIR { throw FileError(path, nil, "this is a folder, not a file") }
  let isRegular = status.st_mode & S_IFMT == S_IFREG
  if isRegular && Int(status.st_size) >= memorySize() {
    throw FileError(path, nil, "its \(status.st_size) bytes are more than this machine has memory")
  }

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
    if !isRegular && bytes.count > limit {
      throw FileError(
        path, nil,
        "holds more than \(limit) bytes, which is the most that is read of a pipe or a device; save it as a file")
    }
    if result == 0 { return bytes }
    room = isRegular ? bytes.count : min(bytes.count, limit - bytes.count + 1)
  }
}

/// The bytes of memory that the machine has.
private func memorySize() -> Int {
  let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
  return pages > 0 && size > 0 ? Int(pages) * Int(size) : .max
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

/// The folder of a path, and the name in it.
package func folder(of path: String) -> String {
  path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
}
package func fileName(of path: String) -> Substring {
  path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
}
