import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where text goes: results to standard output, everything else to standard error.
enum Console {
  /// Writes a line of the result.
  static func result(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

  /// Writes one JSON object as the result, its keys in snake_case.
  static func result(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // JSON has no such numbers; Python's float() reads these words.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.keyEncodingStrategy = .custom { keys in SnakeCaseKey(keys[keys.count - 1]) }
    result(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Tells the user something.
  static func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Whether somebody watches standard error.
  static var isWatched: Bool { isatty(STDERR_FILENO) != 0 }

  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written <= 0 {
        if errno == EINTR { continue }
        return
      }
      rest = rest.dropFirst(written)
    }
  }
}

/// `images_seen` for imagesSeen and images-seen.
private struct SnakeCaseKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ key: any CodingKey) {
    intValue = key.intValue
    var text = ""
    for letter in key.stringValue {
      if letter == "-" {
        text.append("_")
      } else if letter.isUppercase {
        text += "_" + letter.lowercased()
      } else {
        text.append(letter)
      }
    }
    stringValue = text
  }

  init?(stringValue: String) { nil }
  init?(intValue: Int) { nil }
}
