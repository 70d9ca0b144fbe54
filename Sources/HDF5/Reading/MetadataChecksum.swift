internal import CHDF5Driver

/// The checksum of the format's metadata: Bob Jenkins' lookup3 ("hashlittle", public domain), from 0.
enum MetadataChecksum {
  /// Compares the last four bytes with the checksum of those before.
  static func verify(_ bytes: [UInt8]) throws(Problem) {
    guard bytes.count >= 4 else { throw .malformed("it ends too early") }
    var reader = ByteReader(bytes[(bytes.count - 4)...])
    let stored = UInt32(try reader.number(4))
    if st_h5_is_checksum(stored, of(bytes[..<(bytes.count - 4)])) == 0 { throw .checksum }
  }

  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { bytes in
      var a = 0xdead_beef &+ UInt32(truncatingIfNeeded: bytes.count)
      var (b, c) = (a, a)
      var (start, left) = (0, bytes.count)
      func word(_ offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 where offset + index < left {
          value |= UInt32(bytes[start + offset + index]) << (8 * UInt32(index))
        }
        return value
      }
      while left > 12 {
        a &+= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
        b &+= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self))
        c &+= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self))
        mix(&a, &b, &c)
        start += 12
        left -= 12
      }
      if left == 0 { return c }
      a &+= word(0)
      b &+= word(4)
      c &+= word(8)
      finish(&a, &b, &c)
      return c
    }
  }

  private static func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 {
    value << bits | value >> (32 - bits)
  }

  private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    a = (a &- c) ^ rotated(c, 4)
    c = c &+ b
    b = (b &- a) ^ rotated(a, 6)
    a = a &+ c
    c = (c &- b) ^ rotated(b, 8)
    b = b &+ a
    a = (a &- c) ^ rotated(c, 16)
    c = c &+ b
    b = (b &- a) ^ rotated(a, 19)
    a = a &+ c
    c = (c &- b) ^ rotated(b, 4)
    b = b &+ a
  }

  private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    c = (c ^ b) &- rotated(b, 14)
    a = (a ^ c) &- rotated(c, 11)
    b = (b ^ a) &- rotated(a, 25)
    c = (c ^ b) &- rotated(b, 16)
    a = (a ^ c) &- rotated(c, 4)
    b = (b ^ a) &- rotated(a, 14)
    c = (c ^ b) &- rotated(b, 24)
  }
}

extension StoredBytes {
  /// Reads a piece whose last four bytes are its checksum, and gives it without them.
  func readChecked(at address: UInt64, count: Int) throws(Problem) -> ByteReader {
    let bytes = try read(at: address, count: count)
    try MetadataChecksum.verify(bytes)
    return ByteReader(bytes[..<(bytes.count - 4)])
  }
}
