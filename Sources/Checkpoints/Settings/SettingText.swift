/// What a file of settings may also say as a text: other programs quote numbers, write 16.0 for 16, or 2e-4,
/// which YAML 1.1 takes for a text.
protocol SettingText: Decodable {
  /// The value that a text says; nil where it says none.
  init?(setting text: String)
}

extension Double: SettingText {
  init?(setting text: String) { self.init(text.filter { $0 != "_" }) }
}

extension Int: SettingText {
  init?(setting text: String) {
    guard let value = Int(text) ?? Double(setting: text).flatMap({ Int(exactly: $0) }) else {
      return nil
    }
    self = value
  }
}

extension UInt64: SettingText {
  init?(setting text: String) {
    guard let value = UInt64(text) ?? Double(setting: text).flatMap({ UInt64(exactly: $0) }) else {
      return nil
    }
    self = value
  }
}

extension Bool: SettingText {
  init?(setting text: String) {
    switch text.lowercased() {
    case "true", "yes", "on": self = true
    case "false", "no", "off": self = false
    default: return nil
    }
  }
}

extension KeyedDecodingContainer {
  /// A number or a text that says one; nil where there is none.
  func number<T: SettingText>(_ type: T.Type, _ key: Key) throws -> T? {
    do {
      return try decodeIfPresent(type, forKey: key)
    } catch {
      guard let text = try? decode(String.self, forKey: key), let value = T(setting: text) else {
        throw error
      }
      return value
    }
  }
}

/// Numbers as every YAML reader takes them for numbers: `0.0002`, where `2e-4` is a text in YAML 1.1.
enum YAMLNumber {
  /// A number with a point and, where it is very large or small, a signed exponent.
  static func text(_ value: Double) -> String {
    let text = "\(value)"
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
    let sign = value < 0 ? "-" : ""
    let digits = parts[0].filter(\.isNumber)
    guard abs(exponent) <= 20 else {
      let mantissa = parts[0].contains(".") ? "\(parts[0])" : "\(parts[0]).0"
      return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(abs(exponent))"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    let zeros = String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    let whole = (digits + zeros).prefix(exponent + 1)
    let rest = digits.dropFirst(exponent + 1)
    return sign + whole + "." + (rest.isEmpty ? "0" : rest)
  }
}
