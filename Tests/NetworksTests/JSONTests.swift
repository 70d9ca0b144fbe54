import Networks
import Testing

@Suite struct JSONTests {
  static let documents: [(String, JSON)] = [
    ("null", .null),
    (" true ", .boolean(true)),
    ("[]", .array([])),
    ("{}", .object([])),
    ("-0", .integer(0)),
    ("9223372036854775807", .integer(.max)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)),
    ("[1, 1.0, 1e2,1E-05]", .array([.integer(1), .number(1), .number(100), .number(1e-5)])),
    (#""a\"\\\/\n\t\u00e9\ud83d\ude00é""#, .string("a\"\\/\n\té😀é")),
    (
      #"{"b":{"c":[false]},"a":2}"#,
      .object([
        .init("b", .object([.init("c", .array([.boolean(false)]))])), .init("a", .integer(2)),
      ])
    ),
  ]

  @Test(arguments: documents)
  func `documents are read with types and order`(text: String, value: JSON) throws {
    #expect(try JSONParser.parse(Array(text.utf8)) == value)
  }

  @Test func `numbers that are not finite, as Python writes them, are words`() throws {
    let words = ["NaN", "Infinity", "-Infinity"]
    let text = "[\(words.joined(separator: ", "))]"
    #expect(try JSONParser.parse(Array(text.utf8)) == .array(words.map(JSON.string)))
  }

  @Test(arguments: documents)
  func `what is written is read back`(_: String, value: JSON) throws {
    for indented in [true, false] {
      #expect(try JSONParser.parse(Array(value.text(indented: indented).utf8)) == value)
    }
  }

  @Test(arguments: [
    ("", 0, "it ends in the middle"),
    ("[1,]", 3, "there is no value"),
    ("{\"a\":1,}", 7, "a member's name is expected"),
    ("{\"a\" 1}", 5, "a colon is expected"),
    ("[1 2]", 3, "a comma or a closing bracket is expected"),
    ("{\"a\":1 \"b\":2}", 7, "a comma or a closing brace is expected"),
    ("{} {}", 3, "more follows the document"),
    ("{\"a\":1,\"a\":2}", 7, "a stands there twice"),
    ("01", 1, "more follows the document"),
    ("-", 1, "a digit is expected"),
    ("1.", 2, "a digit is expected"),
    ("1e999", 0, "a number is too large"),
    ("Nan", 0, "there is no value"), ("-Inf", 1, "a digit is expected"),
    ("tru", 0, "there is no value"),
    ("\"a", 2, "a string does not end"),
    ("\"a\\", 3, "a string does not end"),
    ("\"\\x\"", 2, "an escape is unknown"),
    ("\"\\ud800\"", 3, "half of a surrogate pair"),
    ("\"\\u12g4\"", 5, "four hexadecimal digits are expected"),
    ("\"\n\"", 1, "a string has a control character"),
  ])
  func `what is not JSON is refused with its place`(
    text: String, offset: Int, problem: String
  ) throws {
    let error = try #require(throws: JSONParser.Failure.self) {
      try JSONParser.parse(Array(text.utf8))
    }
    #expect(error.offset == offset)
    #expect(error.problem == problem)
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
  }

  @Test func `a hundred thousand brackets do not exhaust the stack`() throws {
    let error = try #require(throws: JSONParser.Failure.self) {
      try JSONParser.parse([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
    }
    #expect(error.problem == "it is nested more than 64 deep")
  }

  @Test func `indented text is what Python writes`() {
    let document = JSON.object([
      .init("a", .array([.integer(1), .number(1e-5)])), .init("b", .array([])),
    ])
    #expect(
      document.text(indented: true) == "{\n  \"a\": [\n    1,\n    1e-05\n  ],\n  \"b\": []\n}")
    #expect(document.text(indented: false) == #"{"a":[1,1e-05],"b":[]}"#)
  }
}
