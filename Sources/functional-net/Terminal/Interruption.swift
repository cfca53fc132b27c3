import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C and SIGTERM ask training to end after the step it is at; a second one ends the program at once.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// The exit code that the interruption asks for, 130 or 143; nil where there was none.
  static var exitCode: Int32? {
    let signal = received.load(ordering: .relaxed)
    return signal == 0 ? nil : 128 + signal
  }

  /// Starts listening, also where the program that started this one had these signals blocked.
  static func listen() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        guard Interruption.received.exchange(number, ordering: .relaxed) != 0 else { return }
        if isatty(STDERR_FILENO) == 1 { _ = write(STDERR_FILENO, "\n", 1) }
        _exit(128 + number)
      }
    }
  }
}
