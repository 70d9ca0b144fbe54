import ArgumentParser
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Signals that ask for an end: the first is noted and the work in hand finished and saved, the
/// second ends at once, which harms nothing either.
enum Interrupts {
  private static let received = Atomic<Int32>(0)

  /// Begins to listen to SIGINT, SIGTERM and SIGUSR1 (a job scheduler's warning).
  static func listen() {
    for number in [SIGINT, SIGTERM, SIGUSR1] {
      signal(number) { number in
        let (isFirst, _) = Interrupts.received.compareExchange(
          expected: 0, desired: number, ordering: .relaxed)
        // Only `_exit` is allowed in a handler, POSIX's list of async-signal-safe functions says.
        if !isFirst { _exit(128 + number) }
      }
    }
  }

  /// Whether the work is to be ended.
  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// 130 after SIGINT, 143 after SIGTERM, 138 after SIGUSR1.
  static func exitIfRequested() throws {
    let number = received.load(ordering: .relaxed)
    if number != 0 { throw ExitCode(128 + number) }
  }
}
