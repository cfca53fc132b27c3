/// Stops the program where its programmer made a mistake, such as shapes that do not fit, and says which. Unlike
/// `precondition`, it keeps its message in release builds.
@inline(__always)
func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
