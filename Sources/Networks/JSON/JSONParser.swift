/// Reads JSON strictly as RFC 8259 has it: nothing before or after the document, no comments, no
/// trailing commas, valid UTF-8, and no two members of an object with one name. What Python writes of numbers that are not
/// finite, which RFC 8259 does not have, is a string.
package struct JSONParser {
  /// Why a document is not JSON, and the byte at which that shows.
  package struct Failure: Error, Equatable {
    package let offset: Int
    package let problem: String
  }

  private let bytes: [UInt8]
  private var position = 0
  /// Deeper nesting than this is refused, long before the stack ends.
  private static let depthLimit = 64

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The document in `bytes`.
  package static func parse(_ bytes: [UInt8]) throws(Failure) -> JSON {
    var parser = JSONParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.position < bytes.count { throw parser.failure("more follows the document") }
    return value
  }

  private mutating func value(depth: Int) throws(Failure) -> JSON {
    if depth > Self.depthLimit { throw failure("it is nested more than 64 deep") }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .string("NaN"))
    case UInt8(ascii: "I"): return try word("Infinity", .string("Infinity"))
    case UInt8(ascii: "-") where bytes[position...].starts(with: "-Infinity".utf8):
      return try word("-Infinity", .string("-Infinity"))
    case nil: throw failure("it ends in the middle")
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
    default: throw failure("there is no value")
    }
  }

  private mutating func members(depth: Int) throws(Failure) -> [JSON.Member] {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    position += 1
    skipSpace()
    if take("}") { return [] }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw failure("a member's name is expected") }
      let start = position
      let name = try string()
      guard names.insert(name).inserted else {
        throw Failure(offset: start, problem: "\(name) stands there twice")
      }
      skipSpace()
      guard take(":") else { throw failure("a colon is expected") }
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("a comma or a closing brace is expected") }
    return members
  }

  private mutating func elements(depth: Int) throws(Failure) -> [JSON] {
    var elements: [JSON] = []
    position += 1
    skipSpace()
    if take("]") { return [] }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("a comma or a closing bracket is expected") }
    return elements
  }

  // MARK: Strings

  private mutating func string() throws(Failure) -> String {
    position += 1
    var text: [UInt8] = []
    let start = position
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw Failure(offset: start, problem: "a string is not valid UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20:
        throw Failure(offset: position - 1, problem: "a string has a control character")
      default: text.append(byte)
      }
    }
    throw failure("a string does not end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    guard let byte = peek else { throw failure("a string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try unicodeScalar()).utf8)
    default: throw Failure(offset: position - 1, problem: "an escape is unknown")
    }
  }

  /// The scalar of `\uXXXX`, or of two of them that are a surrogate pair.
  private mutating func unicodeScalar() throws(Failure) -> Unicode.Scalar {
    let start = position
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if 0xD800..<0xDC00 ~= first, take("\\"), take("u") {
      let second = try hexadecimal()
      if 0xDC00..<0xE000 ~= second,
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw Failure(offset: start, problem: "half of a surrogate pair")
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits are expected")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  // MARK: Numbers and words

  private mutating func number() throws(Failure) -> JSON {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    var isWhole = true
    if take(".") {
      isWhole = false
      try digits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw Failure(offset: start, problem: "a number is too large")
    }
    return .number(number)
  }

  private mutating func digits() throws(Failure) {
    let start = position
    while let byte = peek, Self.isDigit(byte) { position += 1 }
    if position == start { throw failure("a digit is expected") }
  }

  private mutating func word(_ text: String, _ value: JSON) throws(Failure) -> JSON {
    guard bytes[position...].starts(with: text.utf8) else { throw failure("there is no value") }
    position += text.utf8.count
    return value
  }

  // MARK: Bytes

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = peek, UInt32(byte) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private func failure(_ problem: String) -> Failure { Failure(offset: position, problem: problem) }
}
