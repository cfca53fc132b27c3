/// Why the program ends, with its exit code.
struct Failure: Error {
  let code: Int32

  /// What to say; nil where all has been said.
  let message: String?

  static func file(_ message: String) -> Failure { Failure(code: 1, message: message) }
  static func usage(_ message: String) -> Failure { Failure(code: 2, message: message) }
  static func diverged(_ message: String) -> Failure { Failure(code: 3, message: message) }
  static func check(_ message: String) -> Failure { Failure(code: 4, message: message) }
  static func interrupted(_ code: Int32, _ message: String) -> Failure { Failure(code: code, message: message) }
}
