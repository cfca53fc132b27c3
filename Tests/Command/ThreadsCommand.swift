import Foundation
import FunctionalNetIO
import TestSupport
import Testing

@testable import functional_net

/// The processors that control groups leave to a process.
@Suite struct ProcessorTimes {
  private func time(_ files: KeyValuePairs<String, String>) -> Double? {
    processorTime { path in files.first { $0.key == path }?.value }
  }

  @Test func versionTwo() {
    let group = ("/proc/self/cgroup", "0::/a/b\n")
    #expect(time([group.0: group.1]) == nil && time([:]) == nil)
    #expect(time([group.0: group.1, "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n"]) == nil)
    #expect(time([group.0: group.1, "/sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"]) == 1.5)
    // The smallest limit counts, of whichever group around it.
    #expect(
      time([
        group.0: group.1, "/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n", "/sys/fs/cgroup/a/cpu.max": "50000 100000\n",
      ]) == 0.5)
    #expect(time(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "300000 100000"]) == 3)
    // In a container the file may tell the name that the group has outside.
    #expect(time(["/proc/self/cgroup": "0::/docker/1f\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n"]) == 2)
  }

  @Test func versionOne() {
    let groups = "12:cpuset:/x\n4:cpu,cpuacct:/docker/1f\n1:name=systemd:/init.scope\n"
    let folder = "/sys/fs/cgroup/cpu,cpuacct/docker/1f"
    #expect(
      time([
        "/proc/self/cgroup": groups, "\(folder)/cpu.cfs_quota_us": "250000\n",
        "\(folder)/cpu.cfs_period_us": "100000\n",
      ]) == 2.5)
    #expect(
      time([
        "/proc/self/cgroup": groups, "\(folder)/cpu.cfs_quota_us": "-1\n", "\(folder)/cpu.cfs_period_us": "100000\n",
      ]) == nil)
    #expect(
      time([
        "/proc/self/cgroup": groups, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      ]) == 1)
  }

  @Test(arguments: [
    "", "max", "max max", "0 100000", "100000 0", "-1 100000", "1", "x y", "nan 1", "1 2 3", "99999999999999999999 1",
  ]) func whatIsNoLimitIsNone(text: String) {
    #expect(time(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": text]) == nil)
    #expect(time(["/proc/self/cgroup": text, "/sys/fs/cgroup/cpu.max": "100000 100000"]) == nil)
  }

  @Test func theLargestLimitIsWhatThreadsCanBe() {
    #expect(time(["/proc/self/cgroup": "0::/", "/sys/fs/cgroup/cpu.max": "9000000000000000000 1"]) == 256)
    #expect(1...256 ~= processorCount())
  }
}

/// What the command does with the processors and threads that there are.
@Suite struct ThreadsCommand {
  /// A command under a shell that first says what it is limited to.
  private static func limited(_ limits: String, _ arguments: [String]) throws -> Outcome {
    try functionalNet(
      ["-c", "\(limits) \"$0\" \"$@\"", functionalNetBinary.path] + arguments, binary: URL(fileURLWithPath: "/bin/sh"))
  }

  private static let firstProcessor = "sed -n 's/^Cpus_allowed_list:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/self/status"
  private static let hasTaskset = FileManager.default.isExecutableFile(atPath: "/usr/bin/taskset")

  @Test(.enabled(if: ThreadsCommand.hasTaskset)) func oneProcessorIsOneThread() throws {
    let arguments = ["--dataset", "iris", "--epochs", "1", "--seed", "1", "--json", "--quiet"]
    let result = try Self.limited("exec taskset -c $(\(Self.firstProcessor))", arguments)
    #expect(result.code == 0, "\(result)")
    #expect(try result.json().first?["threads"] == .integer(1))
    let asked = try Self.limited("exec taskset -c $(\(Self.firstProcessor))", arguments + ["--threads", "2"])
    #expect(try asked.json().first?["threads"] == .integer(2))
  }

  // The stack of a thread takes more here than the memory that the process may have, so that none can be started, or a fourth of
  // it, so that a few can be.
  private static let limits = [
    "ulimit -s 33554432 && ulimit -v 16777216 && exec", "ulimit -s 4194304 && ulimit -v 16777216 && exec",
  ]
  private static let canRefuseThreads = limits.allSatisfy { (try? limited($0, ["--version"]))?.code == 0 }

  /// Where threads cannot be started, the same network comes out.
  @Test(.enabled(if: ThreadsCommand.canRefuseThreads), arguments: 1...3) func threadsThatAreRefusedAreNotMissed(
    seed: Int
  ) throws {
    let arguments = ["--seed", "\(seed)", "--epochs", "2", "--batch_size", "64", "--json", "--quiet"]
    let expected = try functionalNet(arguments + ["--threads", "1"])
    for limits in Self.limits {
      for threads in ["2", "7"] {
        let result = try Self.limited(limits, arguments + ["--threads", threads])
        #expect(result.code == 0 && result.errors == "", "\(result)")
        #expect(try result.json().last?["parameters_crc32"] == expected.json().last?["parameters_crc32"])
      }
    }
  }
}
