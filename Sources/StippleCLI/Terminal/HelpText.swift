import ArgumentParser
import Foundation
import Stipple

// What `--help` says of an option: the text, the name of its value, and behind both, in brackets, choices, range
// and default, which all come from the code that the option is read by.

extension ArgumentHelp {
  /// A help text for an option whose default the parser does not know.
  ///
  /// - Parameters:
  ///   - value: the name of the option's value, as in `--size WxH`.
  ///   - setting: whose range is shown, where that is a share.
  ///   - form: the values that it takes, where no setting has them.
  ///   - choices: what the value may be, where its type does not say.
  ///   - usual: the default.
  ///
  /// The parser has room for one text beside the first; `HelpPage` takes it apart.
  static func text(
    _ text: String, _ value: String? = nil, range setting: NumericSetting? = nil,
    form: String = "", choices: [String] = [], default usual: String? = nil
  ) -> ArgumentHelp {
    let parts = [choices.joined(separator: ", "), setting?.range.summary ?? form, usual ?? ""]
    return ArgumentHelp(
      text, discussion: parts.joined(separator: "|"), valueName: value)
  }

  /// Of images that a command reads.
  static let images = text("PNG files or folders (recursively; skips hidden files).", "IMAGES")

  /// The help text of a training setting, with its section.
  ///
  /// - Parameter usual: the default, where it is not the setting's.
  static func setting(
    _ setting: TrainingSetting, default usual: String? = nil
  ) -> ArgumentHelp {
    let notes = [
      setting.choices.joined(separator: ", "), setting.range?.summary ?? "",
      setting.value == nil ? "" : (usual ?? setting.usual).map(FlagNames.withFlags) ?? "",
      setting.section.rawValue.capitalized,
    ]
    return ArgumentHelp(
      "\(FlagNames.withFlags(setting.help))", discussion: notes.joined(separator: "|"),
      valueName: setting.value)
  }
}

extension SettingRange {
  /// "0 to 1" of numbers between two; nil of others.
  fileprivate var summary: String? {
    switch self {
    case .part: "0 to below 1"
    case .share: "above 0 to 1"
    case .numbers(let range): "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .whole, .wholeFrom, .numbersFrom, .numbersAbove, .between0And1: nil
    }
  }
}
