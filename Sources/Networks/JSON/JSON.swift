/// A JSON document as it stands in the file: whole numbers apart from others, members in order.
///
/// Standard decoders drop the first of two members of one name and take `true` for 1; here both are
/// seen, as a file of weights must not mean two things.
package enum JSON: Equatable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  /// A name and its value.
  package struct Member: Equatable, Sendable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The value's type in words, or the value itself where it is short.
  var summary: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(value.prefix(60))\""
    case .array: "a list"
    case .object: "an object"
    }
  }
}
