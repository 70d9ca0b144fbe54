import ArgumentParser
import Stipple

// What `--help` says of an option: the text, the name of its value, and behind both, in brackets, choices, range
// and default, which all come from the code that the option is read by.

extension ArgumentHelp {
  /// A help text for an option whose default the parser does not know.
  ///
  /// - Parameters:
  ///   - value: the name of the option's value, as in `--size WxH`.
  ///   - setting: whose range is shown, where that is a share.
  ///   - choices: what the value may be, where its type does not say.
  ///   - usual: the default.
  ///
  /// The parser has room for one text beside the first; `HelpPage` takes it apart.
  static func text(
    _ text: String, _ value: String? = nil, range setting: NumericSetting? = nil,
    choices: [String] = [], default usual: String? = nil
  ) -> ArgumentHelp {
    let parts = [choices.joined(separator: ", "), setting?.range.summary ?? "", usual ?? ""]
    return ArgumentHelp(
      text, discussion: parts.joined(separator: "|"), valueName: value)
  }

  /// A help text for a training setting with its usual value as the default.
  static func setting<Value>(
    _ text: String, _ value: String? = nil, _ path: KeyPath<TrainingSettings, Value>,
    range setting: NumericSetting? = nil, choices: [String] = []
  ) -> ArgumentHelp {
    .text(
      text, value, range: setting, choices: choices,
      default: described(TrainingSettings()[keyPath: path]))
  }

  private static func described(_ value: Any) -> String {
    if let value = value as? any RawRepresentable<String> { return value.rawValue }
    if let value = value as? Double, let whole = Int(exactly: value) { return "\(whole)" }
    return "\(value)"
  }
}

extension SettingRange {
  /// "0 to 1" of shares and probabilities; nil of other numbers.
  fileprivate var summary: String? {
    switch self {
    case .part, .share, .between0And1: "0 to 1"
    case .numbers(0...1): "0 to 1"
    case .numbers, .whole, .wholeFrom, .numbersFrom, .numbersAbove: nil
    }
  }
}
