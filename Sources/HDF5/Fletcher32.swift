/// The checksum of the C library's Fletcher32 filter, for chunks that are written past it.
enum Fletcher32 {
  /// Sums over big-endian 16-bit words; an odd last byte counts as a word's upper half.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var sum1: UInt32 = 0
    var sum2: UInt32 = 0
    let words = bytes.count / 2
    var word = 0
    while word < words {
      // 360 words are the most that cannot overflow the second sum.
      let end = min(word + 360, words)
      while word < end {
        let value = bytes.loadUnaligned(fromByteOffset: 2 * word, as: UInt16.self)
        sum1 &+= UInt32(UInt16(bigEndian: value))
        sum2 &+= sum1
        word += 1
      }
      sum1 = fold(sum1)
      sum2 = fold(sum2)
    }
    if bytes.count % 2 == 1 {
      sum1 &+= UInt32(bytes[bytes.count - 1]) << 8
      sum2 &+= sum1
      sum1 = fold(sum1)
      sum2 = fold(sum2)
    }
    return fold(sum2) << 16 | fold(sum1)
  }

  private static func fold(_ sum: UInt32) -> UInt32 {
    (sum & 0xffff) &+ (sum >> 16)
  }
}
