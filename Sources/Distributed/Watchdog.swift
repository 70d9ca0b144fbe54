internal import Host
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Ends the process where something takes too long that nothing else can end.
final class Watchdog: Sendable {
  private let thread: WorkerThread
  private let flag: Flag

  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }

  /// Begins to wait; nil where there can be no thread for that.
  ///
  /// - Parameters:
  ///   - seconds: after which the process ends with status 1.
  ///   - error: what it says then; nil for nothing, and some seconds later: another process is to tell.
  init?(after seconds: Int, telling error: DistributedError?) {
    let flag = Flag()
    let thread = WorkerThread {
      for _ in 0..<((seconds + (error == nil ? 5 : 0)) * 200) {
        usleep(5_000)
        if flag.isSet.load(ordering: .relaxed) { return }
      }
      let text = Array((error.map { "Error: \($0)\n" } ?? "").utf8)
      _ = write(STDERR_FILENO, text, text.count)
      _exit(EXIT_FAILURE)
    }
    guard let thread else { return nil }
    (self.flag, self.thread) = (flag, thread)
  }

  /// What was waited for has come.
  func dismiss() {
    flag.isSet.store(true, ordering: .relaxed)
    thread.join()
  }
}
