internal import Dispatch
import Foundation
internal import HDF5
internal import Host
internal import Images
internal import Synchronization

/// Fills chunks on all processors and writes them in the order in which they were added, while the
/// caller goes on.
///
/// The file's bytes follow from that order, whichever chunk is ready first. Past some chunks under
/// way the caller waits.
package final class ChunkQueue: Sendable {
  /// Where a chunk goes.
  struct Place {
    let dataset: HDF5.Dataset
    let start: [Int]
  }

  private struct State {
    /// Chunks that were added and that were written, as numbers in the order.
    var (added, written) = (0, 0)
    var filled: [Int: [(Place, ChunkBuffer)]] = [:]
    /// Buffers that nobody uses.
    var spare: [ChunkBuffer] = []
    var failure: HDF5Error?
  }

  private let state = Mutex(State())
  private let filling: WorkerPool
  private let writing = WorkerPool(threads: 1)
  private let room: DispatchSemaphore

  /// Chunks under way at most.
  package static let length = 2 * Processors.available + 2

  init() {
    filling = WorkerPool(threads: Processors.available)
    // A semaphore must not be freed below its first value, so it begins at zero.
    room = DispatchSemaphore(value: 0)
    for _ in 0..<Self.length { room.signal() }
  }

  /// Adds chunks that are filled together and written one after another.
  ///
  /// - Parameter fill: is given buffers in the places' order, on another thread.
  /// - Throws: what an earlier chunk met.
  func add(
    _ places: [Place], fill: @escaping @Sendable ([ChunkBuffer]) -> Void
  ) throws(HDF5Error) {
    try add(zip(places, places.map { buffer(for: $0.dataset) }).map { ($0, $1) }, fill: fill)
  }

  /// Adds a chunk that is filled already.
  func add(_ place: Place, _ buffer: ChunkBuffer) throws(HDF5Error) {
    try add([(place, buffer)]) { _ in }
  }

  /// A buffer for a chunk of a dataset, which may have been used before.
  func buffer(for dataset: HDF5.Dataset) -> ChunkBuffer {
    let size = dataset.chunkBytes
    let spare = state.withLock { state in
      state.spare.lastIndex { $0.elements.count == size }.map { state.spare.remove(at: $0) }
    }
    return spare ?? ChunkBuffer(elementBytes: size)
  }

  /// Waits until all chunks are written.
  func finish() throws(HDF5Error) {
    filling.wait()
    writing.wait()
    try throwFailure()
  }

  private func add(
    _ chunks: [(Place, ChunkBuffer)], fill: @escaping @Sendable ([ChunkBuffer]) -> Void
  ) throws(HDF5Error) {
    try throwFailure()
    room.wait()
    let number = state.withLock { state in
      defer { state.added += 1 }
      return state.added
    }
    filling.run { [self] in
      let buffers = chunks.map(\.1)
      fill(buffers)
      for buffer in buffers { buffer.seal() }
      state.withLock { $0.filled[number] = chunks }
      writing.run { [self] in writeFilled() }
    }
  }

  /// Writes those chunks whose turn it is.
  private func writeFilled() {
    while let chunks = state.withLock({ $0.filled.removeValue(forKey: $0.written) }) {
      do throws(HDF5Error) {
        try throwFailure()
        for (place, buffer) in chunks { try place.dataset.write(buffer, at: place.start) }
      } catch {
        state.withLock { $0.failure = $0.failure ?? error }
      }
      state.withLock { state in
        state.written += 1
        state.spare += chunks.map(\.1)
      }
      room.signal()
    }
  }

  private func throwFailure() throws(HDF5Error) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
