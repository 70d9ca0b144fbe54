internal import Distributed

/// The examples of each batch that a process has: equal parts, in order of the ranks.
struct BatchShare {
  /// Of the whole batch.
  let batch: Int
  /// This process's places in it.
  let own: Range<Int>

  /// - Parameter communicator: of the processes that share a batch, which divide its size.
  init(batch: Int, of communicator: any Communicator) {
    let count = batch / communicator.size
    self.batch = batch
    own = (communicator.rank * count)..<((communicator.rank + 1) * count)
  }
}
