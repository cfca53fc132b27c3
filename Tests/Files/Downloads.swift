import Foundation
import TestSupport
import Testing

/// Whether a program can be started.
private func hasProgram(_ name: String, _ argument: String) -> Bool {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [name, argument]
  (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
  do { try process.run() } catch { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}

private let canDownload = hasProgram("python3", "--version") && hasProgram("curl", "--version")

/// `datasets/download`, with a server of its own that serves two small files in several manners.
@Suite(.enabled(if: canDownload, "python3 and curl are needed"))
final class Downloads {
  private let folder: TemporaryFolder
  private let server = Process()
  private let address: String
  private let contents = [
    "train.gz": Data((0..<70_000).map { UInt8(truncatingIfNeeded: ($0 * 31) >> 3) }),
    "t10k.gz": Data("a small one".utf8),
  ]

  /// Where the downloads go.
  private var target: String { "\(folder.path)/a set" }
  private var log: [String] {
    ((try? String(contentsOfFile: "\(folder.path)/log", encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/served", withIntermediateDirectories: true)
    for (name, data) in contents { try data.write(to: URL(fileURLWithPath: "\(folder.path)/served/\(name)")) }
    let output = Pipe()
    server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    server.arguments = ["python3", fixture("range_server.py"), "\(folder.path)/served", "\(folder.path)/log"]
    server.standardOutput = output
    try server.run()
    let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    address = "http://127.0.0.1:\(port.filter(\.isNumber))"
  }

  deinit {
    kill(server.processIdentifier, SIGKILL)
    server.waitUntilExit()
  }

  /// A process of the script with a table of these mirrors. Python starts it, as a group of its own and with the signals
  /// that this process may have blocked.
  private func script(_ manners: [String], _ arguments: [String]? = nil, mirror: String? = nil) throws -> Process {
    let table = "\(folder.path)/table-\(UUID().uuidString)"
    let mirrors = manners.map { "mirror small \($0 == "dead" ? "http://127.0.0.1:1" : "\(address)/\($0)")\n" }
    let files = [
      "file small 797199b3fed526364338995b8fff0e9922a8fc0faacc4cd8ee536dfdd6be0755 train.gz\n",
      "file small c912db77b7d67f7efb347c7e03ffd85530bc330a31d7f087eff122593b5c9d8f t10k.gz\n",
    ]
    try writeText("# a table\n\n" + mirrors.joined() + files.joined(), table)
    let process = Process()
    let start =
      "import os, signal, sys; os.getpgrp() == os.getpid() or os.setpgid(0, 0); signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv('/bin/sh', sys.argv)"
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", "-c", start, String(#filePath.dropLast("Tests/Files/Downloads.swift".count)) + "datasets/download"]
      + (arguments ?? ["small", target])
    process.environment = ProcessInfo.processInfo.environment.merging(["FUNCTIONAL_NET_DOWNLOADS": table]) { $1 }
    process.environment!["FUNCTIONAL_NET_MIRROR"] = mirror
    process.environment!["no_proxy"] = "127.0.0.1"
    return process
  }

  private func run(
    _ manners: [String], _ arguments: [String]? = nil, mirror: String? = nil
  ) throws -> (code: Int32, errors: String) {
    let (process, errors) = (try script(manners, arguments, mirror: mirror), Pipe())
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []).sorted()
  }

  private func expectAll(_ outcome: (code: Int32, errors: String)) throws {
    #expect(outcome.code == 0 && files == ["t10k.gz", "train.gz"], "\(outcome), \(files)")
    for (name, data) in contents { #expect(try Data(contentsOf: URL(fileURLWithPath: "\(target)/\(name)")) == data) }
  }

  @Test func aWholeOne() throws {
    let first = try run(["good"])
    try expectAll(first)
    #expect(log == ["good train.gz ", "good t10k.gz "] && first.errors.contains("functional-net --dataset"))
    let second = try run(["good"])
    try expectAll(second)
    #expect(log.count == 2 && second.errors.contains("train.gz is there"))
  }

  @Test func whatBrokeOffGoesOn() throws {
    let broken = try run(["broken"])
    // Each try gets half of what is left, so the tries go on until the last byte.
    try expectAll(broken)
    #expect(log.prefix(2) == ["broken train.gz ", "broken train.gz bytes=35000-"])
  }

  @Test func thePartOfAnEarlierRunGoesOn() throws {
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    try contents["train.gz"]!.prefix(50_000).write(to: URL(fileURLWithPath: "\(target)/train.gz.part"))
    try contents["t10k.gz"]!.write(to: URL(fileURLWithPath: "\(target)/t10k.gz.part"))
    try expectAll(run(["good"]))
    #expect(log == ["good train.gz bytes=50000-"])
  }

  @Test func aPartThatCannotGoOnBeginsAgain() throws {
    for (manner, part) in [
      ("good", Data(repeating: 7, count: 50_000)), ("good", Data(repeating: 7, count: 90_000)),
      ("ignorant", contents["train.gz"]!.prefix(500)),
    ] {
      try? FileManager.default.removeItem(atPath: target)
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      try part.write(to: URL(fileURLWithPath: "\(target)/train.gz.part"))
      try expectAll(run([manner]))
    }
  }

  @Test func wrongContentsGetNoName() throws {
    let wrong = try run(["wrong"])
    #expect(wrong.code == 1 && files.isEmpty && wrong.errors.contains("wrong/train.gz: the checksum is wrong"))
    #expect(wrong.errors.contains("error: not downloaded: train.gz t10k.gz"))
    try expectAll(run(["wrong", "good"]))
    // A file that is there and not right is kept until a right one takes its place.
    try writeText("mine", "\(target)/t10k.gz")
    #expect(try run(["wrong"]).code == 1)
    #expect(try String(contentsOfFile: "\(target)/t10k.gz", encoding: .utf8) == "mine")
    try expectAll(run(["good"]))
  }

  @Test func anotherMirrorIsUsed() throws {
    for manner in ["dead", "absent"] {
      try? FileManager.default.removeItem(atPath: target)
      let outcome = try run([manner, "good"])
      try expectAll(outcome)
      #expect(outcome.errors.contains("did not give train.gz"))
    }
    try? FileManager.default.removeItem(atPath: target)
    #expect(try run(["dead"]).code == 1 && files.isEmpty)
    try? FileManager.default.removeItem(atPath: target)
    try expectAll(run(["dead"], mirror: "\(address)/good/"))
    try? FileManager.default.removeItem(atPath: target)
    #expect(try run(["good"], mirror: "\(address)/absent").code == 1)
  }

  @Test func killedInTheMiddleNothingHasItsName() throws {
    for signal in [SIGTERM, SIGKILL] {
      try? FileManager.default.removeItem(atPath: target)
      let process = try script(["slow"])
      process.standardError = FileHandle.nullDevice
      try process.run()
      let part = "\(target)/train.gz.part"
      while (try? Data(contentsOf: URL(fileURLWithPath: part)))?.isEmpty ?? true, process.isRunning { sched_yield() }
      kill(signal == SIGKILL ? -process.processIdentifier : process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationStatus == (signal == SIGTERM ? 143 : SIGKILL) && files == ["train.gz.part"])
      try expectAll(run(["good"]))
      #expect(log.contains { $0.hasPrefix("good train.gz bytes=") && $0 != "good train.gz bytes=0-" })
    }
  }

  @Test func wrongUse() throws {
    for (arguments, message) in [
      ([], "which data set?"), (["minst"], "no data set is called 'minst'"),
      (["small", "a", "b"], "too many arguments: b"),
      (["small", ""], "the folder has no name"),
    ] {
      let outcome = try run(["good"], arguments)
      #expect(
        outcome.code == 2 && outcome.errors.contains(message) && outcome.errors.contains("usage: download SET [FOLDER]")
      )
    }
    #expect(try run(["good"], ["--help"]).code == 0)
    try writeText("", "\(folder.path)/file")
    #expect(try run(["good"], ["small", "\(folder.path)/file"]).code == 1)
  }

  /// The table that ships has four files and a mirror or two for each set.
  @Test func theTableIsWhole() throws {
    let path = String(#filePath.dropLast("Tests/Files/Downloads.swift".count)) + "datasets/downloads.txt"
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    for set in ["mnist", "fashion-mnist", "kmnist"] {
      let files = words.filter { $0[0] == "file" && $0[1] == set }
      #expect(
        files.map { $0[3] }
          == ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map {
            "\($0)-ubyte.gz"
          })
      #expect(files.allSatisfy { $0[2].count == 64 && $0[2].allSatisfy(\.isHexDigit) })
      #expect(words.filter { $0[0] == "mirror" && $0[1] == set }.count >= 2)
    }
    #expect(Set(words.filter { $0[0] == "file" }.map { $0[2] }).count == 12)
  }
}
