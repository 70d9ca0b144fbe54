internal import Foundation

/// Ranks that are threads of one process, for tests.
package final class ThreadCommunicator: Communicator {
  package let rank: Int
  package var size: Int { table.size }
  private let table: Table

  private init(rank: Int, _ table: Table) { (self.rank, self.table) = (rank, table) }

  /// Runs `body` on `size` threads, each with a communicator of its own, and gives what each returned, in
  /// order of the ranks.
  package static func run<Result: Sendable>(
    _ size: Int, _ body: @escaping @Sendable (any Communicator) -> Result
  ) async -> [Result] {
    let table = Table(size: size)
    return await withTaskGroup(of: (Int, Result).self) { group in
      for rank in 0..<size {
        group.addTask {
          // Threads of their own: those of the pool may be fewer than the ranks, which wait for each other.
          await withCheckedContinuation { continuation in
            Thread.detachNewThread {
              continuation.resume(
                returning: (rank, body(ThreadCommunicator(rank: rank, table))))
            }
          }
        }
      }
      var results: [(Int, Result)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  package func barrier() { _ = table.exchange([], from: rank) }

  package func broadcast(_ bytes: inout [UInt8], from root: Int) {
    bytes = table.exchange(bytes, from: rank)[root]
  }

  package func broadcast(_ values: UnsafeMutableBufferPointer<Float>) {
    table.exchange(Array(values.bytes), from: rank)[0].withUnsafeBytes {
      UnsafeMutableRawBufferPointer(values).copyMemory(from: $0)
    }
  }

  package func sum(_ values: UnsafeMutableBufferPointer<Double>) { add(values) }

  /// Waits for the other ranks at once.
  package func startMean(
    _ values: UnsafeMutableBufferPointer<Float>, as type: TransferType
  ) -> any PendingOperation {
    var sent = [UInt8](repeating: 0, count: values.count * type.bytes)
    sent.withUnsafeMutableBytes { bytes in
      if let place = bytes.baseAddress { type.encode(UnsafeBufferPointer(values), to: place) }
    }
    let piece = pieces(of: values.count)[rank]
    let bytes = (piece.lowerBound * type.bytes)..<(piece.upperBound * type.bytes)
    Array(table.exchange(sent, from: rank).map { $0[bytes] }.joined()).withUnsafeBytes { bytes in
      guard let place = bytes.baseAddress else { return }
      let own = UnsafeMutableBufferPointer(rebasing: values[piece])
      type.mean(of: place, ranks: size, own: rank, into: own)
    }
    return Done()
  }

  /// Waits for the other ranks at once.
  package func startGather(_ values: UnsafeMutableBufferPointer<Float>) -> any PendingOperation {
    let pieces = pieces(of: values.count).map {
      UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: values[$0]))
    }
    let all = table.exchange(Array(pieces[rank]), from: rank)
    for (piece, bytes) in zip(pieces, all) { piece.copyBytes(from: bytes) }
    return Done()
  }

  package func progress() {}

  package func send(_ bytes: [UInt8], to rank: Int) { table.send(bytes, from: self.rank, to: rank) }

  package func hasMessage(from rank: Int) -> Bool { table.hasMessage(from: rank, to: self.rank) }

  package func receive(from rank: Int) -> [UInt8] { table.receive(from: rank, to: self.rank) }

  package func abort(status: Int32) { fatalError("a rank has ended with status \(status)") }

  /// Adds in order of the ranks.
  private func add<Number: FloatingPoint & BitwiseCopyable>(
    _ values: UnsafeMutableBufferPointer<Number>
  ) {
    let all = table.exchange(Array(values.bytes), from: rank)
    for i in values.indices { values[i] = 0 }
    for bytes in all {
      bytes.withUnsafeBytes {
        let others = $0.assumingMemoryBound(to: Number.self)
        for i in values.indices { values[i] += others[i] }
      }
    }
  }

  private struct Done: PendingOperation {
    func wait() {}
  }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
  fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(self) }
}

/// Where each rank lays down something, and takes what all have laid down.
private final class Table: @unchecked Sendable {
  // Unchecked: everything below is touched with the condition's lock held.
  let size: Int
  private let condition = NSCondition()
  private var laid: [[UInt8]]
  private var count = 0
  private var taken: [[UInt8]] = []
  private var round = 0
  /// Messages from one rank to another that are not received yet.
  private var messages: [[Int]: [[UInt8]]] = [:]

  init(size: Int) {
    self.size = size
    laid = Array(repeating: [], count: size)
  }

  func exchange(_ bytes: [UInt8], from rank: Int) -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    let mine = round
    laid[rank] = bytes
    count += 1
    if count == size {
      // Nobody lays down for the next round before this one is taken: `taken` is a copy.
      (taken, count, round) = (laid, 0, round + 1)
      condition.broadcast()
    } else {
      while round == mine { condition.wait() }
    }
    return taken
  }

  func send(_ bytes: [UInt8], from sender: Int, to receiver: Int) {
    condition.withLock {
      messages[[sender, receiver], default: []].append(bytes)
      condition.broadcast()
    }
  }

  func hasMessage(from sender: Int, to receiver: Int) -> Bool {
    condition.withLock { messages[[sender, receiver]]?.isEmpty == false }
  }

  func receive(from sender: Int, to receiver: Int) -> [UInt8] {
    condition.withLock {
      while messages[[sender, receiver]]?.isEmpty != false { condition.wait() }
      return messages[[sender, receiver]]?.removeFirst() ?? []
    }
  }
}
