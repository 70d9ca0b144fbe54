internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A thread that runs one function, and can be waited for.
package final class WorkerThread: Sendable {
  /// Nil once it has been waited for.
  private let thread: Mutex<pthread_t?>
  /// Whatever limit the user has set for stacks.
  private static let stackBytes = 4 << 20

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts the thread; nil where the system lets the program have no more of them.
  package init?(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    pthread_attr_setstacksize(attributes, Self.stackBytes)
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    // Signals are the main thread's, which they are to wake up: all are held back, and those of before
    // come back.
    let signals = UnsafeMutablePointer<sigset_t>.allocate(capacity: 2)
    defer { signals.deallocate() }
    sigfillset(signals)
    pthread_sigmask(SIG_SETMASK, signals, signals + 1)
    let code = pthread_create(
      &thread, attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    pthread_sigmask(SIG_SETMASK, signals + 1, nil)
    guard code == 0 else {
      work.release()
      return nil
    }
    self.thread = Mutex(thread)
  }

  /// Whether the caller runs on it.
  package var isCurrent: Bool {
    thread.withLock { thread in thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  /// Waits until the function has returned.
  package func join() {
    let thread = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    if let thread { pthread_join(thread, nil) }
  }
}
