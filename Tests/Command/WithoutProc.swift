import Foundation
import FunctionalNetIO
import Testing

/// The arguments of a program are those that it was started with, also where Linux has no /proc, from which Swift reads them.
@Suite struct WithoutProc {
  @Test func theArgumentsAreThoseOfTheProcess() {
    #expect(processArguments() == ProcessInfo.processInfo.arguments)
  }

  @Test(
    .enabled(
      if: hidingProc != nil,
      "what happens without /proc was not looked at: nobody here may mount over it, or a sanitizer needs it"))
  func argumentsAreKept() throws {
    let hiding = try #require(hidingProc)
    for (arguments, code, text) in [
      (["--version"], Int32(0), "functional-net "), (["--no_such_flag"], 2, "unrecognized arguments: --no_such_flag"),
      (["evaluate", "nowhere"], 1, "nowhere: no such file or directory"),
    ] {
      let result = try functionalNet(
        hiding + [functionalNetBinary.path] + arguments, binary: URL(fileURLWithPath: "/usr/bin/env"))
      #expect(result.code == code && (result.output + result.errors).contains(text), "\(result)")
    }
  }
}

/// A command that runs another one where /proc is empty; nil where there is none, where there was no /proc to begin with, or
/// where the program was built with a sanitizer, which needs /proc itself.
private let hidingProc: [String]? = {
  let unshare = [["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]]
  return unshare.map { $0 + ["sh", "-c", "mount -t tmpfs none /proc && \"$@\"", "sh"] }.first { command in
    let test = ["sh", "-c", "! test -e /proc/self/cmdline"]
    let result = try? functionalNet(command + test, binary: URL(fileURLWithPath: "/usr/bin/env"))
    let start = try? functionalNet(
      command + [functionalNetBinary.path, "--version"], binary: URL(fileURLWithPath: "/usr/bin/env"))
    return FileManager.default.fileExists(atPath: "/proc/self/cmdline") && result?.code == 0
      && start?.errors.hasPrefix("==") == false  // as what a sanitizer says begins
  }
}()
