/// Words of a command line as they are typed.
public enum ShellWord {
  /// `text` as one word of a shell of today, with quotation marks where it needs them. Nothing in it commands
  /// a terminal: control characters are written by their numbers.
  public static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "./_-+=:,@%".utf8.contains(byte)
    }
    // Not to be taken for an option.
    let text = text.hasPrefix("-") ? "./" + text : text
    if plain, !text.isEmpty { return text }
    let hasControls = text.unicodeScalars.contains { $0.properties.generalCategory.isControl }
    if !hasControls {
      return "'"
        + text.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
    }
    var word = "$'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'", "\\": word += "\\\(scalar)"
      case _ where scalar.properties.generalCategory.isControl:
        for byte in String(scalar).utf8 {
          let digits = String(byte, radix: 16)
          word += "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
      default: word.unicodeScalars.append(scalar)
      }
    }
    return word + "'"
  }
}

extension Unicode.GeneralCategory {
  /// Control characters, and those that turn the direction of writing or part lines.
  fileprivate var isControl: Bool {
    [.control, .format, .lineSeparator, .paragraphSeparator].contains(self)
  }
}
