import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A clock that stands still while the process cannot run: stopped (Ctrl-Z, SIGSTOP), frozen by a
/// container, or asleep with its machine.
///
/// Nothing tells a process that it was stopped. A thread of the clock's own therefore looks at the
/// system's clock ten times a second; a look that comes far too late means that nothing ran in
/// between, and counts as one tenth of a second.
public enum WorkClock {
  private static let period = Duration.milliseconds(100)
  /// Gaps up to here are the scheduler's.
  private static let longestGap = Duration.milliseconds(700)

  private struct State {
    var last = SuspendingClock.now
    var total = Duration.zero
  }

  private static let state = Mutex(State())

  /// Whether the clock is looked at often enough to tell gaps.
  private static let isWatched: Bool = {
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { _ in
        while true {
          usleep(100_000)
          _ = WorkClock.read(isWatched: true)
        }
      }, nil)
    if code == 0 { pthread_detach(thread) }
    return code == 0
  }()

  /// How long the process has run since some moment before.
  public static var now: Duration { read(isWatched: isWatched) }

  private static func read(isWatched: Bool) -> Duration {
    state.withLock { state in
      let time = SuspendingClock.now
      let gap = time - state.last
      state.last = time
      state.total += isWatched && gap > longestGap ? period : gap
      return state.total
    }
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
