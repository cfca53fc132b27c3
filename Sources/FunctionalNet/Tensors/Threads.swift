import CKernels
import Synchronization

/// How many threads share the work of large operations. Results do not depend on it, bit for bit.
public enum Threads {
  private static let stored = Atomic<Int>(1)

  /// The most threads that can share work.
  static let most = 256

  /// The number of threads in use, 1 to 256; 1 until it is set.
  public static var count: Int {
    get { stored.load(ordering: .relaxed) }
    set { stored.store(min(max(1, newValue), most), ordering: .relaxed) }
  }

  /// The number of processors that the system lets this process run on.
  package static var processors: Int { Int(fn_processors()) }

  /// Splits `0..<total` into at most `count` ranges, whose bounds are multiples of `grain`, and calls `body` with each
  /// on a thread of its own.
  ///
  /// - Parameter isWorthIt: whether there is so much to do that it outweighs the handing over, of about a microsecond.
  @inline(__always)
  package static func split(_ total: Int, grain: Int = 1, if isWorthIt: Bool = true, _ body: (Range<Int>) -> Void) {
    let grains = (total + grain - 1) / grain
    let parts = isWorthIt ? min(count, grains) : 1
    guard parts > 1 else { return body(0..<total) }
    team(of: parts) { index, size in
      body(grains * index / size * grain..<min(grains * (index + 1) / size * grain, total))
    }
  }

  /// Calls `body` on several threads at the same time, each with its index and the number of threads: at most `maximum`, fewer
  /// where threads cannot be had, and one where another team is at work.
  ///
  /// - Returns: the number of threads. Results of larger indices were not written.
  @discardableResult
  static func team(of maximum: Int, _ body: (_ index: Int, _ size: Int) -> Void) -> Int {
    withoutActuallyEscaping(body) { body in
      var job = body
      return withUnsafeMutablePointer(to: &job) { job in
        Int(
          fn_team(
            Int32(maximum),
            { $0!.assumingMemoryBound(to: ((Int, Int) -> Void).self).pointee(Int($1), Int($2)) },
            UnsafeMutableRawPointer(job)))
      }
    }
  }

  /// The same for work that is known by its type, without allocating anything.
  @discardableResult
  static func team<Work: TeamWork>(of maximum: Int, _ work: Work) -> Int {
    withUnsafePointer(to: work) { work in
      var job = Job(work: work) { $0.assumingMemoryBound(to: Work.self).pointee.doPart($1, of: $2) }
      return withUnsafeMutablePointer(to: &job) { job in
        Int(
          fn_team(
            Int32(maximum),
            { job, index, size in
              let job = job!.assumingMemoryBound(to: Job.self)
              job.pointee.doPart(job.pointee.work, Int(index), Int(size))
            }, job))
      }
    }
  }

  private struct Job {
    let work: UnsafeRawPointer
    let doPart: (UnsafeRawPointer, Int, Int) -> Void
  }

  /// Called by every thread of a team of this size, returns when all of them have called it.
  static func meet(_ size: Int) { fn_meet(Int32(size)) }
}

/// Work in as many parts as there are threads in a team.
protocol TeamWork {
  func doPart(_ index: Int, of size: Int)
}
