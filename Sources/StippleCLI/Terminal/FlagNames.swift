import ArgumentParser
import Foundation
import Stipple

/// The library's settings as flags. It names them in backquotes, as in "use a smaller `size`"; on the command
/// line that is "use a smaller --size".
enum FlagNames {
  /// `text` with flags in place of settings. What else is in backquotes stays.
  static func written(_ text: String) -> String {
    guard text.contains("`") else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "`") {
      let inside = rest[rest.index(after: start)...]
      let name = inside.prefix { $0 != "`" }
      result += rest[..<start]
      if name.endIndex < inside.endIndex, known.contains(String(name)) {
        result += flag(String(name))
        rest = inside[inside.index(after: name.endIndex)...]
      } else {
        result.append("`")
        rest = inside
      }
    }
    return result + rest
  }

  /// A text of the table of settings, which has nothing but settings in backquotes.
  static func withFlags(_ text: String) -> String {
    text.components(separatedBy: "`").enumerated()
      .map { $0.offset % 2 == 0 ? $0.element : flag($0.element) }.joined()
  }

  /// `--batch`, `-n`.
  static func flag(_ setting: String) -> String {
    setting.count == 1 ? "-\(setting)" : "--\(setting)"
  }

  /// The flags of a command, as they are typed.
  static func flags(of command: any ParsableCommand.Type) -> Set<String> {
    let help = StippleCommand.helpMessage(for: command)
    return Set(
      help.split { " ,.:;\n[]/()'".contains($0) }.filter { $0.hasPrefix("-") }.map(String.init))
  }

  /// The settings that some command has a flag for.
  private static let known = StippleCommand.configuration.subcommands
    .reduce(into: Set<String>()) { names, command in
      names.formUnion(flags(of: command).map { String($0.drop { $0 == "-" }) })
    }
}

extension TrainingEstimate.Alternative {
  /// The settings as they are typed: `--size 64 --fit resize`.
  var flags: String {
    settings.map { "\(FlagNames.flag($0.name)) \($0.value)" }.joined(separator: " ")
  }
}

extension NumericSetting {
  /// The flag as it is typed: `--batch`, `-n`.
  var flag: String { FlagNames.flag(rawValue) }
}
