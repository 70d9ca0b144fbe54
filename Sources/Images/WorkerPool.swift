internal import Dispatch
internal import Host
internal import Synchronization

/// Threads that run pieces of work beside the caller.
///
/// They are made as work comes, up to a number, and where the system lets the program have none, the
/// caller does the work itself. (Dispatch's queues wait for a thread for ever then.)
package final class WorkerPool: Sendable {
  private let most: Int
  private let state = Mutex(State())
  /// Counts the pieces that wait, and one more for each thread at the end.
  private let ready = DispatchSemaphore(value: 0)
  private let group = DispatchGroup()

  private struct State {
    var waiting: [@Sendable () -> Void] = []
    /// Pieces that wait or are worked on.
    var pieces = 0
    var threads: [WorkerThread] = []
    /// The system has refused a thread.
    var isFull = false
  }

  /// - Parameter threads: how many pieces are worked on at once.
  package init(threads: Int) { most = max(threads, 1) }

  deinit {
    let threads = state.withLock { $0.threads }
    for _ in threads { ready.signal() }
    // The last piece of work may be what lets go of the pool.
    for thread in threads where !thread.isCurrent { thread.join() }
  }

  /// Has `work` done. It begins in the order of the calls.
  package func run(_ work: @escaping @Sendable () -> Void) {
    group.enter()
    let isTaken = state.withLock { state in
      if state.pieces >= state.threads.count && state.threads.count < most && !state.isFull {
        if let thread = makeThread() { state.threads.append(thread) } else { state.isFull = true }
      }
      if state.threads.isEmpty { return false }
      state.waiting.append(work)
      state.pieces += 1
      return true
    }
    if isTaken {
      ready.signal()
    } else {
      work()
      group.leave()
    }
  }

  /// Waits until all work is done.
  package func wait() { group.wait() }

  private func makeThread() -> WorkerThread? {
    // Not the pool itself, which the threads would keep alive.
    WorkerThread { [ready, group, weak self] in
      while true {
        ready.wait()
        if self?.runNext() != true { return }
        group.leave()
      }
    }
  }

  /// Runs a piece and lets go of what it holds, before anybody is told that it is done.
  private func runNext() -> Bool {
    let next = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    guard let work = next else { return false }
    work()
    state.withLock { $0.pieces -= 1 }
    return true
  }
}
