#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Results go to standard output, everything said on the way to standard error. Each call is one write, so lines of two
/// programs in one pipe do not mix. Writing to a closed pipe ends the program quietly, as the system has it.
enum Stream {
  case output, error

  private var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }

  func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        #if canImport(Darwin)
          let result = Darwin.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        #elseif canImport(Musl)
          let result = Musl.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        #else
          let result = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        #endif
        if result < 0 && errno == EINTR { continue }
        if result < 0 {
          if self == .output { stop(errno) }
          return
        }
        written += result
      }
    }
  }

  func line(_ text: String) { write(text + "\n") }

  /// Ends the program where results cannot be written: quietly where nobody reads them any more, with an error where the
  /// disk is full, for example.
  private func stop(_ code: Int32) {
    if code == EPIPE { exit(128 + SIGPIPE) }
    Stream.error.line("functional-net: error: standard output: \(String(cString: strerror(code)))")
    exit(1)
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The number of columns of the terminal.
  var width: Int {
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}

/// The value of an environment variable; nil where it is not set.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
