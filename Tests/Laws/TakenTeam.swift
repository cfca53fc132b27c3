import CKernels
import Foundation

/// Another thread that uses the team of threads. Until it is released, every other team consists of one thread.
final class TakenTeam: @unchecked Sendable {
  private let (isTaken, isOver, isReleased) = (
    DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
  )
  private var wasTaken = false

  init() {
    Thread { [self] in
      // Another test may have the team at first.
      while !wasTaken { fn_team(2, holdTeam, Unmanaged.passUnretained(self).toOpaque()) }
      isReleased.signal()
    }.start()
    isTaken.wait()
  }

  func release() {
    isOver.signal()
    isReleased.wait()
  }

  fileprivate func hold() {
    wasTaken = true
    isTaken.signal()
    isOver.wait()
  }
}

private func holdTeam(_ context: UnsafeMutableRawPointer?, _ index: Int32, _ size: Int32) {
  if index == 0 && size == 2 { Unmanaged<TakenTeam>.fromOpaque(context!).takeUnretainedValue().hold() }
}
