import ArgumentParser
import Stipple

/// Numbers as users write them: the parser reads `0x10` as 16 where an option takes more than whole numbers, and
/// refuses it elsewhere.
enum DecimalNumbers {
  /// Refuses hexadecimal numbers as values of options.
  ///
  /// - Parameter arguments: with negative numbers joined to their options.
  static func check(_ arguments: [String]) throws {
    for (index, argument) in arguments.enumerated() {
      // What follows `--` is no option.
      if argument == "--" { return }
      guard argument.hasPrefix("-") else { continue }
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      let value = parts.count > 1 ? parts[1] : arguments.dropFirst(index + 1).first
      guard let flag = parts.first, let value, isHexadecimal(value),
        let setting = NumericSetting(rawValue: String(flag.drop { $0 == "-" })), setting != .size
      else { continue }
      throw ValidationError("The value '\(value)' is invalid for '\(flag)'; give \(setting.form)")
    }
  }

  private static func isHexadecimal(_ text: String) -> Bool {
    text.drop { $0 == "-" || $0 == "+" }.lowercased().hasPrefix("0x") && Double(text) != nil
  }
}
