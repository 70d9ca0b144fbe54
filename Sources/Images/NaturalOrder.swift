/// The order in which people count: `a2` before `a10`.
///
/// Runs of digits compare as numbers, letters without regard to case; what is still equal compares
/// byte by byte, so that different names never count as equal.
package enum NaturalOrder {
  /// Whether `a` comes before `b`.
  package static func precedes(_ a: String, _ b: String) -> Bool {
    precedes(Array(a.utf8), Array(b.utf8))
  }

  /// Whether `a` comes before `b`.
  static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    compare(a, b) < 0
  }

  /// Whether path `a` comes before path `b`, folder by folder.
  static func precedes(_ a: [[UInt8]], _ b: [[UInt8]]) -> Bool {
    for (x, y) in zip(a, b) {
      let order = compare(x, y)
      if order != 0 { return order < 0 }
    }
    return a.count < b.count
  }

  /// Less than 0 where `a` comes first, 0 only where they are the same.
  private static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (x, y) = (number(in: a, at: &i), number(in: b, at: &j))
        if x.count != y.count { return x.count - y.count }
        if x != y { return x.lexicographicallyPrecedes(y) ? -1 : 1 }
      } else {
        let (x, y) = (lowercase(a[i]), lowercase(b[j]))
        if x != y { return Int(x) - Int(y) }
        i += 1
        j += 1
      }
    }
    if a.count - i != b.count - j { return (a.count - i) - (b.count - j) }
    if a == b { return 0 }
    return a.lexicographicallyPrecedes(b) ? -1 : 1
  }

  /// The digits at `position` without leading zeros; moves the position past them.
  private static func number(in bytes: [UInt8], at position: inout Int) -> ArraySlice<UInt8> {
    while position < bytes.count, bytes[position] == 0x30 { position += 1 }
    let start = position
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    return bytes[start..<position]
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte + 0x20 : byte
  }
}
