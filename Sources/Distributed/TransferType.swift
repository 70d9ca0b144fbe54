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

  /// Reads numbers as they were sent.
  func decode(_ place: UnsafeRawPointer, into values: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .float32:
      UnsafeMutableRawBufferPointer(values).copyMemory(
        from: UnsafeRawBufferPointer(start: place, count: bytes * values.count))
    case .bfloat16:
      let sent = place.assumingMemoryBound(to: UInt16.self)
      for i in values.indices { values[i] = Self.value(sent[i]) }
    }
  }

  /// Replaces `values` by the means of what all ranks have sent, added in their order.
  ///
  /// - Parameter sent: (ranks, `values.count`), as they were sent.
  func mean(
    of sent: UnsafeRawPointer, ranks: Int, into values: UnsafeMutableBufferPointer<Float>
  ) {
    values.update(repeating: 0)
    for rank in 0..<ranks {
      let part = sent + rank * values.count * bytes
      switch self {
      case .float32:
        let part = part.assumingMemoryBound(to: Float.self)
        for i in values.indices { values[i] += part[i] }
      case .bfloat16:
        let part = part.assumingMemoryBound(to: UInt16.self)
        for i in values.indices { values[i] += Self.value(part[i]) }
      }
    }
    let share = 1 / Float(ranks)
    for i in values.indices { values[i] *= share }
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
