import Foundation
import FunctionalNetIO
import Testing

/// What the program printed, and its exit code.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String

  /// The lines of standard output, each as JSON.
  func json() throws -> [JSON] { try output.split(separator: "\n").map { try JSON(parsing: $0.utf8) } }
}

/// Runs the program that was built beside the tests.
func functionalNet(
  _ arguments: [String], input: String? = nil, environment: [String: String] = [:], binary: URL? = nil,
  in folder: String? = nil
) throws -> Outcome {
  let process = Process()
  process.executableURL = binary ?? functionalNetBinary
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  let (output, errors, standardInput) = (Pipe(), Pipe(), Pipe())
  (process.standardOutput, process.standardError, process.standardInput) = (output, errors, standardInput)
  try process.run()
  standardInput.fileHandleForWriting.write(Data((input ?? "").utf8))
  try standardInput.fileHandleForWriting.close()
  let collected = Collected()
  let reader = Thread {
    collected.errors = errors.fileHandleForReading.readDataToEndOfFile()
    collected.done.signal()
  }
  reader.start()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  collected.done.wait()
  process.waitUntilExit()
  let code = process.terminationReason == .uncaughtSignal ? 1000 + process.terminationStatus : process.terminationStatus
  return Outcome(
    code: code, output: String(decoding: text, as: UTF8.self), errors: String(decoding: collected.errors, as: UTF8.self)
  )
}

extension Pipe {
  /// What comes out of it until so many lines are whole, or until its end.
  @discardableResult func readLines(_ count: Int) -> Data {
    var data = Data()
    while data.count(where: { $0 == UInt8(ascii: "\n") }) < count {
      let more = fileHandleForReading.availableData
      if more.isEmpty { break }
      data += more
    }
    return data
  }
}

private final class Collected: @unchecked Sendable {
  var errors = Data()
  let done = DispatchSemaphore(value: 0)
}

/// The program, in the folder of the tests' own binary.
let functionalNetBinary: URL = {
  #if os(macOS)
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }!
    return bundle.bundleURL.deletingLastPathComponent().appendingPathComponent("functional-net")
  #else
    return URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("functional-net")
  #endif
}()
