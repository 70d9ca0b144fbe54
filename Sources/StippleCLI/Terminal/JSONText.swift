import Foundation

/// JSON as the program prints it: keys sorted and in snake_case, with flags for settings in `failures`.
///
/// JSON has no infinite numbers and no NaN. Where there would be one, there is null, and beside it a flag:
/// `"psnr": null, "psnr_infinite": true`; `_minus_infinite` and `_nan` likewise.
enum JSONText {
  /// What is not finite, by the flag that tells it.
  private static let flags = ["infinite", "minus_infinite", "nan"]

  static func encode(_ value: some Encodable) throws -> String {
    // Stands for what is not finite, and for no text that a value can have.
    let mark = UUID().uuidString
    let marks = flags.map { "\(mark) \($0)" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: marks[0], negativeInfinity: marks[1], nan: marks[2])
    encoder.keyEncodingStrategy = .custom { keys in SnakeCaseKey(keys[keys.count - 1]) }
    let text = withFlags(String(decoding: try encoder.encode(value), as: UTF8.self))
    guard text.contains(mark) else { return text }
    // The encoder gives each value a line of its own.
    return text.components(separatedBy: "\n").map { replaced($0, mark) }.joined(separator: "\n")
  }

  /// The text with flags for the settings that sentences in `failures` name.
  private static func withFlags(_ text: String) -> String {
    guard text.contains("`") else { return text }
    var isFailure = false
    // The encoder gives each sentence a line of its own.
    return text.components(separatedBy: "\n").map { line in
      if line.hasSuffix("\"failures\" : [") { isFailure = true }
      if line.drop(while: { $0 == " " }).hasPrefix("]") { isFailure = false }
      return isFailure ? FlagNames.written(line) : line
    }.joined(separator: "\n")
  }

  /// A line with null, and a flag where it has a key, for what is not finite.
  private static func replaced(_ line: String, _ mark: String) -> String {
    guard let start = line.range(of: "\"\(mark) ") else { return line }
    let rest = line[start.upperBound...]
    let flag = rest.prefix { $0 != "\"" }
    let (before, comma) = (line[..<start.lowerBound], rest.hasSuffix(",") ? "," : "")
    guard before.hasSuffix("\" : ") else { return before + "null" + comma }
    return "\(before)null,\n\(before.dropLast(4))_\(flag)\" : true\(comma)"
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
