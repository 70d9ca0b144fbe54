internal import Files
internal import Synchronization

/// Makes batches ahead of their use, on a thread of its own.
///
/// Letting go of a prefetcher, or stopping it, ends the thread after the batch it is at.
package final class Prefetcher: Sendable {
  private let batches: ReadAhead<Batch>
  private let waiting = Mutex(Duration.zero)
  private let elapsed: @Sendable () -> Duration

  /// Starts making batches of `count` examples, the first from position `start`.
  ///
  /// - Parameters:
  ///   - source: Where the examples come from.
  ///   - count: Examples a batch.
  ///   - start: The first position.
  ///   - stride: From a batch's first position to the next one's; nil for `count`.
  ///   - ahead: Batches that wait to be used at most.
  ///   - elapsed: a clock that tells how long users have waited.
  package init(
    _ source: BatchSource, count: Int, from start: Int = 0, advancing stride: Int? = nil,
    ahead: Int = 3, elapsed: @escaping @Sendable () -> Duration
  ) {
    self.elapsed = elapsed
    batches = ReadAhead(ahead, making: (source, start)) { state in
      defer { state.1 += stride ?? count }
      return try state.0.batch(at: state.1..<(state.1 + count))
    }
  }

  /// The next batch; waits until it is made.
  ///
  /// - Throws: Why there are no more: an error of the source, or `stopped`.
  package func next() throws(ImagesError) -> Batch {
    let start = elapsed()
    defer { waiting.withLock { $0 += elapsed() - start } }
    do {
      if let batch = try batches.next() { return batch }
    } catch let error as ImagesError {
      throw error
    } catch {
      preconditionFailure("a source of batches throws ImagesError, not \(error)")
    }
    throw .stopped
  }

  /// How long users have waited for batches altogether.
  package var timeWaited: Duration { waiting.withLock { $0 } }

  /// Ends the work; batches that are ready are dropped. May be called from any thread, again too.
  package func stop() { batches.stop() }
}
