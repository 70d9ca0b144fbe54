internal import Dispatch
internal import Synchronization

/// Makes batches ahead of their use, on a thread of its own.
///
/// Letting go of a prefetcher, or stopping it, ends the thread after the batch it is at.
package final class Prefetcher: Sendable {
  private let queue: BatchQueue
  private let thread: WorkerThread
  private let waiting = Mutex(Duration.zero)

  /// Starts making batches of `count` examples, the first from position `start`.
  ///
  /// - Parameters:
  ///   - source: Where the examples come from.
  ///   - count: Examples a batch.
  ///   - start: The first position.
  ///   - ahead: Batches that wait to be used at most.
  package init(_ source: BatchSource, count: Int, from start: Int = 0, ahead: Int = 3) {
    let queue = BatchQueue(capacity: ahead)
    self.queue = queue
    thread = WorkerThread {
      var source = source
      var position = start
      while queue.waitForRoom() {
        do throws(ImagesError) {
          queue.append(try source.batch(at: position..<(position + count)))
        } catch {
          queue.end(with: error)
        }
        position += count
      }
    }
  }

  deinit {
    stop()
    thread.join()
  }

  /// The next batch; waits until it is made.
  ///
  /// - Throws: Why there are no more: an error of the source, or `stopped`.
  package func next() throws(ImagesError) -> Batch {
    let start = ContinuousClock.now
    defer { waiting.withLock { $0 += ContinuousClock.now - start } }
    return try queue.removeFirst()
  }

  /// How long users have waited for batches altogether.
  package var timeWaited: Duration { waiting.withLock { $0 } }

  /// Ends the work; batches that are ready are dropped. May be called from any thread, again too.
  package func stop() {
    queue.end(with: .stopped)
  }
}

/// Batches between the thread that makes them and the one that uses them.
private final class BatchQueue: Sendable {
  /// Counts the places that are free, and one more once the queue has ended.
  private let room: DispatchSemaphore
  /// Counts the batches that are ready, and one more once the queue has ended.
  private let ready = DispatchSemaphore(value: 0)
  private let state = Mutex(State())

  private struct State {
    var batches: [Batch] = []
    var ending: ImagesError?
  }

  init(capacity: Int) {
    // A semaphore must not be freed below its first value, so it begins at zero.
    room = DispatchSemaphore(value: 0)
    for _ in 0..<max(1, capacity) { room.signal() }
  }

  /// Waits until a batch has a place; false once the queue has ended.
  func waitForRoom() -> Bool {
    room.wait()
    return state.withLock { $0.ending == nil }
  }

  func append(_ batch: Batch) {
    state.withLock { if $0.ending == nil { $0.batches.append(batch) } }
    ready.signal()
  }

  /// Lets batches that are ready be used before an error, but not after a stop.
  func end(with error: ImagesError) {
    state.withLock { state in
      if error == .stopped { state.batches = [] }
      if state.ending == nil { state.ending = error }
    }
    room.signal()
    ready.signal()
  }

  func removeFirst() throws(ImagesError) -> Batch {
    while true {
      ready.wait()
      let (batch, ending) = state.withLock { state in
        state.batches.isEmpty ? (nil, state.ending) : (state.batches.removeFirst(), nil)
      }
      if let batch {
        room.signal()
        return batch
      }
      if let ending {
        // The next call is not to wait either.
        ready.signal()
        throw ending
      }
    }
  }
}
