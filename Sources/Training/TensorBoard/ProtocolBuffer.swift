/// Fields in the encoding of Protocol Buffers, as far as event files need it.
package struct ProtocolBuffer {
  package private(set) var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: UInt64, _ wireType: UInt64) { varint(field << 3 | wireType) }

  package mutating func add(_ field: UInt64, integer: Int) {
    key(field, 0)
    varint(UInt64(bitPattern: Int64(integer)))
  }

  package mutating func add(_ field: UInt64, double: Double) {
    key(field, 1)
    bytes += Self.littleEndian(double.bitPattern)
  }

  package mutating func add(_ field: UInt64, float: Float) {
    key(field, 5)
    bytes += Self.littleEndian(float.bitPattern)
  }

  package mutating func add(_ field: UInt64, bytes content: [UInt8]) {
    key(field, 2)
    varint(UInt64(content.count))
    bytes += content
  }

  package mutating func add(_ field: UInt64, text: String) { add(field, bytes: Array(text.utf8)) }

  package mutating func add(_ field: UInt64, doubles: [Double]) {
    add(field, bytes: doubles.flatMap { Self.littleEndian($0.bitPattern) })
  }

  package mutating func add(_ field: UInt64, _ message: (inout ProtocolBuffer) -> Void) {
    var inner = ProtocolBuffer()
    message(&inner)
    add(field, bytes: inner.bytes)
  }

  static func littleEndian<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

/// What a message begins with, read far enough to tell events apart.
struct ProtocolBufferReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  enum Value {
    case integer(UInt64)
    case bytes(ArraySlice<UInt8>)
    case other
  }

  /// The next field; nil at the end, or where there is no field.
  mutating func next() -> (field: UInt64, value: Value)? {
    guard let key = varint() else { return nil }
    switch key & 7 {
    case 0: return varint().map { (key >> 3, .integer($0)) }
    case 1: return take(8).map { _ in (key >> 3, .other) }
    case 2:
      guard let count = varint(), count <= UInt64(rest.count) else { return nil }
      return take(Int(count)).map { (key >> 3, .bytes($0)) }
    case 5: return take(4).map { _ in (key >> 3, .other) }
    default: return nil
    }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func varint() -> UInt64? {
    var (value, shift) = (UInt64(0), UInt64(0))
    while let byte = rest.popFirst(), shift < 64 {
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }
}
