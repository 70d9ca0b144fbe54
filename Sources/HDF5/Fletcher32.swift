/// The checksum of the C library's Fletcher32 filter, for chunks that are written past it.
///
/// The filter adds up big-endian 16-bit words w_0 … w_{n-1}, an odd last byte counting as a word's
/// upper half, to s1 = sum w_i and s2 = sum (n - i) w_i, both modulo 65535 with 65535 for every
/// multiple but zero itself.
enum Fletcher32 {
  private typealias Lanes = SIMD16<UInt32>
  private static let lanes = 16
  /// Rows of words that no lane's second sum overflows with: 360 · 361 / 2 · 65535 < 2^32.
  private static let rows = 360

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var (first, second) = (UInt64(0), UInt64(0))
    var offset = 0
    while bytes.count - offset >= 2 * lanes {
      let rows = min(rows, (bytes.count - offset) / (2 * lanes))
      add(bytes, from: offset, rows: rows, to: &first, &second)
      offset += 2 * lanes * rows
    }
    while offset < bytes.count {
      let isLast = offset + 1 == bytes.count
      first += UInt64(bytes[offset]) | (isLast ? 0 : UInt64(bytes[offset + 1]) << 8)
      second += first
      offset += 2
    }
    return UInt32(swapped(second)) << 16 | UInt32(swapped(first))
  }

  /// Adds rows of 16 words, taken as little-endian: every lane has sums of its own.
  private static func add(
    _ bytes: UnsafeRawBufferPointer, from offset: Int, rows: Int,
    to first: inout UInt64, _ second: inout UInt64
  ) {
    var (sums, sumsOfSums) = (Lanes.zero, Lanes.zero)
    for row in 0..<rows {
      let words = bytes.loadUnaligned(
        fromByteOffset: offset + 2 * lanes * row, as: SIMD16<UInt16>.self)
      sums &+= Lanes(truncatingIfNeeded: words)
      sumsOfSums &+= sums
    }
    // Word j of row r stands (rows - r) · 16 - j words before the end, r counted from 0.
    second += UInt64(rows * lanes) * first
    for lane in 0..<lanes {
      first += UInt64(sums[lane])
      second += UInt64(lanes) * UInt64(sumsOfSums[lane])
      second -= UInt64(lane) * UInt64(sums[lane])
    }
    (first, second) = (folded(first), folded(second))
  }

  /// The number from 1 to 65535 that is equal modulo 65535, or 0 for 0.
  private static func folded(_ sum: UInt64) -> UInt64 {
    sum == 0 ? 0 : (sum - 1) % 65535 + 1
  }

  /// The sum of words whose bytes are swapped: as 2^16 is 1 modulo 65535, to swap a word's bytes is
  /// to multiply it by 256.
  private static func swapped(_ sum: UInt64) -> UInt64 { folded(folded(sum) << 8) }
}
