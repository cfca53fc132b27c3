// Timing: medians of repeated runs.

let clock = ContinuousClock()

/// The seconds that a piece of work takes.
func seconds(_ work: () throws -> Void) rethrows -> Double {
  let duration = try clock.measure(work)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The median over `runs`, after one that is not counted, of the seconds of one call; calls are bundled so that a run takes
/// at least `shortest` seconds.
func timed(runs: Int = 7, shortest: Double = 0.02, _ work: () throws -> Void) rethrows -> Double {
  let once = max(try seconds(work), 1e-9)
  let calls = max(1, Int(shortest / once))
  return median(
    try (0..<runs).map { _ in try seconds { for _ in 0..<calls { try work() } } / Double(calls) })
}
