import CArguments

/// The arguments with which this program was started, its own name first; nil where nothing tells them.
///
/// Swift reads them from `/proc/self/cmdline` on Linux, and has none where that is not there, as in a bare chroot. The C library
/// hands them over when a program starts, unless it is musl.
package func processArguments() -> [String]? {
  let known = fn_arguments()
  if known.count >= 0, let start = known.start {
    return (0..<Int(known.count)).compactMap { start[$0].map { String(cString: $0) } }
  }
  return CommandLine.arguments.isEmpty ? nil : CommandLine.arguments
}
