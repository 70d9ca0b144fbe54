import ArgumentParser
import Stipple
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

  /// Begins to listen to SIGINT, SIGTERM, SIGUSR1 (a job scheduler's warning), SIGXCPU (the limit on time of
  /// the processor), and where the user has not asked otherwise (`nohup`) to SIGHUP. SIGQUIT ends the
  /// program at once and leaves the core that it is sent for.
  ///
  /// A write to a pipe that nobody reads any more becomes an error of that write and ends nothing else.
  static func listen() {
    // The handler is not to be the first that touches it.
    _ = isRequested
    for number in [SIGINT, SIGTERM, SIGUSR1, SIGXCPU, SIGHUP] {
      if number == SIGHUP && isIgnored(number) { continue }
      signal(number) { number in
        let (isFirst, _) = Interrupts.received.compareExchange(
          expected: 0, desired: number, ordering: .relaxed)
        // Only `_exit` is allowed in a handler, POSIX's list of async-signal-safe functions says. Past the
        // limit on its time, SIGXCPU comes each second.
        if !isFirst && number != SIGXCPU { _exit(128 + number) }
      }
    }
    signal(SIGPIPE, SIG_IGN)
    // Swift's runtime would print a backtrace first, for minutes, while the work goes on.
    if !isIgnored(SIGQUIT) { signal(SIGQUIT, SIG_DFL) }
  }

  /// Makes a write past the limit on a file's size an error of that write.
  static func ignoreSizeLimit() { signal(SIGXFSZ, SIG_IGN) }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Whether the work is to be ended.
  static var isRequested: Bool {
    received.load(ordering: .relaxed) != 0 || MemoryReserve.isUsedUp
  }

  /// Whether the work of any of some processes is to be ended; all of them call this.
  static func isRequested(by processes: ProcessGroup) -> Bool {
    processes.largest(isRequested ? 1 : 0) > 0
  }

  /// 130 after SIGINT, 143 after SIGTERM, 138 after SIGUSR1, 152 after SIGXCPU, 129
  /// after SIGHUP.
  ///
  /// - Parameter processes: of which any may have been asked; all of them call this.
  static func exitIfRequested(by processes: ProcessGroup = .alone) throws {
    let number = Int32(processes.largest(Int(received.load(ordering: .relaxed))))
    if number != 0 { throw ExitCode(128 + number) }
    if MemoryReserve.isUsedUp { try MemoryReserve.end() }
  }
}
