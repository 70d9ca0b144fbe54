import Files
import Testing

@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("a.png", "a.png"),
    ("grün 🌷 ｂ\u{200d}", "grün 🌷 ｂ\u{200d}"),
    ("a\nError: b", "a\\nError: b"),
    ("a\r\tb\u{0}", "a\\r\\tb\\x00"),
    ("a\r\nb", "a\\r\\nb"),
    ("\u{1b}[31mred\u{1b}[0m", "\\x1b[31mred\\x1b[0m"),
    ("\u{7f}\u{80}\u{9b}2J\u{85}", "\\x7f\\x80\\x9b2J\\x85"),
    ("gnp.\u{202e}a\u{2066}b\u{200f}\u{61c}", "gnp.\\u{202e}a\\u{2066}b\\u{200f}\\u{61c}"),
    ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
  ])
  func `control characters are written out, and nothing else changes`(
    text: String, expected: String
  ) {
    let escaped = PrintableText.escaped(text)
    #expect(escaped == expected)
    #expect(PrintableText.escaped(escaped) == escaped)
  }

  @Test func `line feeds stay in a text of several lines`() {
    #expect(PrintableText.escaped("a\nb\u{7}\r\n", keepsLines: true) == "a\nb\\x07\\r\n")
  }
}
