/// Little-endian numbers and names, one after another.
struct ByteReader {
  /// An address that leads nowhere.
  static let undefined = UInt64.max

  let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  var remaining: Int { bytes.endIndex - position }

  /// A number of up to eight bytes.
  mutating func number(_ count: Int) throws(Problem) -> UInt64 {
    guard (0...8).contains(count), count <= remaining else { throw .malformed("it ends too early") }
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
    position += count
    return value
  }

  /// A number of up to eight bytes that is a size or a count.
  mutating func size(_ count: Int) throws(Problem) -> Int {
    guard let value = Int(exactly: try number(count)), value < 1 << 56 else {
      throw .malformed("one of its sizes cannot be")
    }
    return value
  }

  mutating func byte() throws(Problem) -> UInt8 { UInt8(try number(1)) }

  mutating func address() throws(Problem) -> UInt64 { try number(8) }

  mutating func take(_ count: Int) throws(Problem) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw .malformed("it ends too early") }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  mutating func skip(_ count: Int) throws(Problem) { _ = try take(count) }

  /// Expects four letters, such as `OHDR`.
  mutating func signature(_ text: StaticString) throws(Problem) {
    let found = try take(4)
    let isRight = text.withUTF8Buffer { found.elementsEqual($0) }
    if !isRight { throw .malformed("\(text) is missing where it should be") }
  }

  /// Expects a version, or one of several.
  mutating func version(_ known: UInt8...) throws(Problem) -> UInt8 {
    let version = try byte()
    if !known.contains(version) { throw .unread("one of its parts has version \(version)") }
    return version
  }

  /// A name, which ends where it is told to or with a zero before.
  mutating func name(_ count: Int) throws(Problem) -> String {
    String(decoding: try take(count).prefix { $0 != 0 }, as: UTF8.self)
  }
}
