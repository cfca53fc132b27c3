#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a file whole or not at all: under a temporary name in the same folder, synced, then renamed. Whatever happens,
/// the path holds either what it held before or all of the new bytes.
///
/// - Throws: `FileError`; the temporary file is gone then.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
  if isFolder(path) { throw FileError(path, nil, "this is a folder, not a file") }
  let isSpecial = fileExists(path) && !isRegularFile(path)  // a device or a pipe is written to, never replaced
  let temporary = isSpecial ? path : "\(path).\(getpid()).tmp"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw FileError(path, nil, "cannot be written: \(systemMessage())") }
  var failure: String?
  var written = 0
  bytes.withUnsafeBytes { bytes in
    while written < bytes.count {
      let result = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      if result < 0 && errno == EINTR { continue }
      if result < 0 { break }
      written += result
    }
  }
  if written < bytes.count || (!isSpecial && fsync(descriptor) != 0) { failure = systemMessage() }
  if close(descriptor) != 0 && failure == nil { failure = systemMessage() }
  if failure == nil && !isSpecial && rename(temporary, path) != 0 { failure = systemMessage() }
  if let failure {
    if !isSpecial { unlink(temporary) }
    throw FileError(path, nil, "cannot be written: \(failure)")
  }
  syncFolder(of: path)
}

/// Makes the new name of a file last, too.
private func syncFolder(of path: String) {
  let descriptor = open(folder(of: path), O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
