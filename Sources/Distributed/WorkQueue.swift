internal import Host
internal import Synchronization

/// Numbered items of work that all ranks share: each takes some when it has time, and keeps what became of
/// each. Rank 0 has all results in the end.
///
/// Rank 0 deals the items out. A thread of its own answers the other ranks, so that none of them waits while rank
/// 0 works; only this thread uses the communicator then. With one rank there is neither thread nor message.
package final class WorkQueue<Result: Codable & Sendable>: Sendable {
  /// What has happened since it was last asked for.
  package struct News: Sendable {
    /// Items that are finished.
    package var finished = 0
    package var notes: [String] = []
  }

  private struct State {
    /// Items that nobody has taken.
    var left: Range<Int>
    var isStopped = false
    /// Of all ranks on rank 0; on others what rank 0 does not know yet.
    var results: [Int: Result] = [:]
    var news = News()
    /// Whether all other ranks have ended.
    var isAlone = false
    /// Whether this rank gives up.
    var isAbandoned = false
  }

  /// What a rank tells rank 0.
  private struct Message: Codable {
    var results: [Int: Result]
    var notes: [String]
    var isStopped: Bool
    /// How many items it wants; nil where it has ended.
    var wish: Int?
  }

  private let communicator: any Communicator
  private let state: Mutex<State>
  /// Whether this rank has said its last word; held while it talks to rank 0.
  private let isOver = Mutex(false)

  /// - Parameter items: their numbers, which are the same on all ranks.
  package init(_ items: Range<Int>, among communicator: any Communicator) {
    self.communicator = communicator
    state = Mutex(State(left: items))
  }

  /// Takes up to `most` items, fewer near the end, so that all ranks end at about the same time.
  ///
  /// May be called from any thread, by one at a time.
  ///
  /// - Returns: nil where none is left, or the work was stopped.
  package func take(_ most: Int = 1) -> Range<Int>? {
    if communicator.isFirst { return deal(most) }
    return isOver.withLock { isOver in
      if isOver { return nil }
      tell(wish: most)
      let reply = communicator.receive(from: 0).withUnsafeBytes {
        [$0.loadUnaligned(as: Int.self), $0.loadUnaligned(fromByteOffset: 8, as: Int.self)]
      }
      return reply[0] < reply[1] ? reply[0]..<reply[1] : nil
    }
  }

  /// Keeps what became of an item.
  package func finish(_ item: Int, _ result: Result) {
    state.withLock {
      $0.results[item] = result
      $0.news.finished += 1
    }
  }

  /// Leaves a sentence for the user.
  package func note(_ text: String) { state.withLock { $0.news.notes.append(text) } }

  /// Ends the work on all ranks: nobody gets another item.
  package func stop() { state.withLock { $0.isStopped = true } }

  /// On rank 0, what has happened on all ranks since it was last asked for.
  package func news() -> News {
    state.withLock { state in
      defer { state.news = News() }
      return state.news
    }
  }

  /// Runs a rank's part of the work, which takes items until there are none.
  ///
  /// - Parameters:
  ///   - body: is called on each rank.
  ///   - waiting: called on rank 0 now and then while the other ranks are still at work.
  /// - Returns: on rank 0 the results of all items that were finished on any rank; nothing on the others.
  /// - Throws: what `body` throws; the other ranks wait then until they are ended.
  package func run(
    _ body: () throws -> Void, waiting: () -> Void
  ) throws -> [Int: Result] {
    if communicator.size == 1 {
      try body()
      return state.withLock { $0.results }
    }
    guard communicator.isFirst else {
      try body()
      isOver.withLock { isOver in
        isOver = true
        tell(wish: nil)
      }
      return [:]
    }
    guard let thread = WorkerThread({ self.serve() }) else { throw DistributedError.noThread }
    do {
      try body()
    } catch {
      state.withLock { $0.isAbandoned = true }
      thread.join()
      throw error
    }
    var wait = PatientWait()
    while !state.withLock({ $0.isAlone }) {
      waiting()
      wait.pause()
    }
    thread.join()
    return state.withLock { $0.results }
  }

  /// Takes items off the list.
  private func deal(_ most: Int) -> Range<Int>? {
    state.withLock { state in
      if state.isStopped || state.left.isEmpty { return nil }
      let share = (state.left.count + communicator.size - 1) / communicator.size
      let taken = state.left.prefix(min(most, share))
      state.left.removeFirst(taken.count)
      return taken
    }
  }

  /// Tells rank 0 what it does not know yet.
  private func tell(wish: Int?) {
    let message = state.withLock { state in
      defer { (state.results, state.news) = ([:], News()) }
      return Message(
        results: state.results, notes: state.news.notes, isStopped: state.isStopped, wish: wish)
    }
    guard let bytes = try? MessageCoding.bytes(of: message) else {
      preconditionFailure("a result that has no encoding")
    }
    communicator.send(bytes, to: 0)
  }

  /// Answers the other ranks until all have ended.
  private func serve() {
    var atWork = Array(1..<communicator.size)
    var wait = PatientWait()
    while !atWork.isEmpty, !state.withLock({ $0.isAbandoned }) {
      let calling = atWork.filter { communicator.hasMessage(from: $0) }
      for rank in calling {
        if let wish = hear(rank) {
          let items = deal(wish) ?? 0..<0
          communicator.send(
            withUnsafeBytes(of: items.lowerBound) { Array($0) }
              + withUnsafeBytes(of: items.upperBound) { Array($0) }, to: rank)
        } else {
          atWork.removeAll { $0 == rank }
        }
      }
      if calling.isEmpty { wait.pause() } else { wait.reset() }
    }
    state.withLock { $0.isAlone = true }
  }

  /// Takes in what a rank tells, and gives how many items it wants; nil where it has ended.
  private func hear(_ rank: Int) -> Int? {
    let bytes = communicator.receive(from: rank)
    guard let message = try? MessageCoding.value(Message.self, of: bytes) else {
      preconditionFailure("rank \(rank) speaks otherwise")
    }
    state.withLock { state in
      state.results.merge(message.results) { $1 }
      state.news.finished += message.results.count
      state.news.notes += message.notes
      state.isStopped = state.isStopped || message.isStopped
    }
    return message.wish
  }
}
