/// What numbers are sent as from rank to rank.
package enum TransferType: Sendable {
  case float32
  /// Half of the bytes, 8 bits of mantissa.
  case bfloat16

  /// Bytes of a number.
  var bytes: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    }
  }

  /// Writes numbers as they are sent.
  func encode(_ values: UnsafeBufferPointer<Float>, to place: UnsafeMutableRawPointer) {
    switch self {
    case .float32:
      UnsafeMutableRawBufferPointer(start: place, count: bytes * values.count).copyMemory(
        from: UnsafeRawBufferPointer(values))
    case .bfloat16:
      let sent = place.assumingMemoryBound(to: UInt16.self)
      for i in values.indices { sent[i] = Self.rounded(values[i]) }
    }
  }

  /// Replaces `values` by their means with what the other ranks have sent, added in order of the ranks.
  ///
  /// - Parameters:
  ///   - sent: (ranks, `values.count`), as they were sent; of this rank nothing is read.
  ///   - own: this rank.
  func mean(
    of sent: UnsafeRawPointer, ranks: Int, own: Int, into values: UnsafeMutableBufferPointer<Float>
  ) {
    let share = 1 / Float(ranks)
    // So few at once that their sums stay in a cache.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2048) { sums in
      for first in stride(from: 0, to: values.count, by: sums.count) {
        let block = UnsafeMutableBufferPointer(
          rebasing: values[first..<min(first + sums.count, values.count)])
        sums.initialize(repeating: 0)
        for rank in 0..<ranks {
          let place = sent + (rank * values.count + first) * bytes
          if rank == own {
            for i in block.indices { sums[i] += block[i] }
          } else if self == .float32 {
            let part = place.assumingMemoryBound(to: Float.self)
            for i in block.indices { sums[i] += part[i] }
          } else {
            let part = place.assumingMemoryBound(to: UInt16.self)
            for i in block.indices { sums[i] += Self.value(part[i]) }
          }
        }
        for i in block.indices { block[i] = sums[i] * share }
      }
    }
  }

  private static func value(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The nearest bfloat16, of two the even one; what is not a number stays none.
  private static func rounded(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let nearest = (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
    // A NaN whose mantissa has no bits but low ones would round to infinity or to zero.
    return UInt16(
      truncatingIfNeeded: bits & 0x7fff_ffff > 0x7f80_0000 ? bits >> 16 | 0x40 : nearest)
  }
}
