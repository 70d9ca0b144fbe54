/// Text for people, in which nothing can command a terminal or pass for another line.
///
/// Names of files, folders and classes, keys and values of files may hold any characters. What is
/// printed or logged for people goes through here; JSON and CSV keep every byte.
public enum PrintableText {
  /// `text` with its control characters written out: `\n`, `\x1b`, `\u{202e}`.
  ///
  /// These are C0, DEL, C1, the separators of lines and paragraphs, and the controls of writing
  /// direction (Unicode's Bidi_Control). A text without any comes back as it is.
  ///
  /// - Parameter keepsLines: whether line feeds stay, for text of several lines.
  public static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    if !text.unicodeScalars.contains(where: { isControl($0) && !(keepsLines && $0 == "\n") }) {
      return text
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isControl(scalar) && !(keepsLines && scalar == "\n") {
        result.append(contentsOf: name(of: scalar).unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  private static func name(of scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(scalar.value, radix: 16)
      if scalar.value > 0xff { return "\\u{\(digits)}" }
      return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
  }
}
