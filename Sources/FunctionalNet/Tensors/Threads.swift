import CKernels
import Synchronization

/// How many threads share the work of large operations. Results do not depend on it, bit for bit.
public enum Threads {
  private static let stored = Atomic<Int>(1)

  /// The number of threads in use; 1 until it is set.
  public static var count: Int {
    get { stored.load(ordering: .relaxed) }
    set { stored.store(max(1, newValue), ordering: .relaxed) }
  }

  /// Splits `0..<total` into at most `count` ranges, whose bounds are multiples of `grain`, and calls `body` with each
  /// on a thread of its own.
  static func split(_ total: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    let grains = (total + grain - 1) / grain
    let parts = min(count, grains)
    guard parts > 1 else { return body(0..<total) }
    withoutActuallyEscaping(body) { body in
      var job: (Int) -> Void = { part in
        let start = grains * part / parts * grain
        let end = min(grains * (part + 1) / parts * grain, total)
        body(start..<end)
      }
      withUnsafeMutablePointer(to: &job) { job in
        fn_parallel(
          Int32(parts), { $0!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int($1)) },
          UnsafeMutableRawPointer(job))
      }
    }
  }
}
