package import Compiler
package import Distributed

/// Which elements of all parameters each process keeps up to date, where several train together: of every
/// message its piece (ZeRO stage 1; Rajbhandari et al. 2020, "ZeRO", section 5.1).
package struct ParameterShards {
  let ranks: any Communicator
  /// The elements that are sent together.
  let messages: [Range<Int>]

  /// - Parameter messageSize: elements of a message, 4 MB in float32 unless told.
  package init(
    _ layout: ParameterLayout, among ranks: any Communicator, messageSize: Int = 1 << 20
  ) {
    self.ranks = ranks
    let size = ranks.size == 1 ? layout.count : messageSize
    messages = stride(from: 0, to: layout.count, by: size).map {
      $0..<min($0 + size, layout.count)
    }
  }

  /// What this process keeps up to date.
  package var own: [Range<Int>] {
    messages.map { message in
      let piece = ranks.pieces(of: message.count)[ranks.rank]
      return (message.lowerBound + piece.lowerBound)..<(message.lowerBound + piece.upperBound)
    }
  }

  /// Brings all other elements up to date.
  package func gather(_ store: ParameterStore) {
    if ranks.size > 1 { for message in startGather(store) { message.wait() } }
  }

  /// Begins to bring all other elements up to date, message by message.
  func startGather(_ store: ParameterStore) -> [any PendingOperation] {
    let memory = store.changingMemory
    return messages.map { ranks.startGather(UnsafeMutableBufferPointer(rebasing: memory[$0])) }
  }

  /// The messages that a range of elements goes with.
  func messages(with elements: Range<Int>) -> [Int] {
    messages.indices.filter { messages[$0].overlaps(elements) }
  }
}

extension ParameterStore {
  /// Takes over rank 0's values.
  func share(from ranks: any Communicator) {
    if ranks.size > 1 { writeAll { ranks.broadcast($0) } }
  }
}
