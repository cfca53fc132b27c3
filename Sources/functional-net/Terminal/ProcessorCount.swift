import FunctionalNet
import FunctionalNetIO

/// The number of processors that this program may use, 1 to 256: those that the system lets it run on, and no more than the
/// processor time that its control groups have, as in a container.
func processorCount() -> Int {
  let time = processorTime { path in (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) } }
  return max(1, min(256, Threads.processors, time.map { Int($0.rounded(.up)) } ?? .max))
}

/// The processor time that the control groups of this process grant it on Linux, in processors: the smallest limit of its own
/// group and of the groups around it, at most 256; nil where there is no limit.
///
/// - Parameter read: the text of a file; nil where it cannot be read.
func processorTime(_ read: (_ path: String) -> String?) -> Double? {
  let root = "/sys/fs/cgroup"
  let lines = read("/proc/self/cgroup")?.split(separator: "\n") ?? []
  let limits = lines.flatMap { line -> [Double?] in
    // Such as `0::/user.slice` (version 2) or `4:cpu,cpuacct:/docker/1f` (version 1).
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 3 else { return [] }
    let (controllers, groups) = (fields[1].split(separator: ","), groupsAround(fields[2]))
    if controllers.isEmpty {
      return groups.map { group in read("\(root)\(group)/cpu.max").flatMap(limit(version2:)) }
    }
    guard controllers.contains("cpu") else { return [] }
    return groups.flatMap { group in
      Set([fields[1], "cpu"]).map { folder in
        guard let quota = read("\(root)/\(folder)\(group)/cpu.cfs_quota_us"),
          let period = read("\(root)/\(folder)\(group)/cpu.cfs_period_us")
        else { return nil }
        return limit(quota: quota, period: period)
      }
    }
  }
  return limits.compactMap { $0 }.min()
}

/// A group and those around it, from the inside out: `/a/b`, `/a` and the root, which is empty.
private func groupsAround(_ group: String) -> [String] {
  let names = group.split(separator: "/")
  return (0...names.count).reversed().map { count in names.prefix(count).map { "/" + $0 }.joined() }
}

/// The processors of `cpu.max`, a quota and a period in microseconds such as `150000 100000`; nil for `max 100000`.
private func limit(version2 text: String) -> Double? {
  let fields = text.split(whereSeparator: \.isWhitespace)
  return fields.count == 2 ? limit(quota: String(fields[0]), period: String(fields[1])) : nil
}

/// The processors of a quota and a period; nil where there is no limit, as for -1.
private func limit(quota: String, period: String) -> Double? {
  func number(_ text: String) -> Int? { Int(text.filter { !$0.isWhitespace }) }
  guard let quota = number(quota), let period = number(period), quota > 0, period > 0 else { return nil }
  return min(256, Double(quota) / Double(period))
}
