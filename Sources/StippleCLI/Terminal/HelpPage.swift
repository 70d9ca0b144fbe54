import ArgumentParser
import Foundation

/// `--help` as the program prints it, from what the argument parser knows of a command: options in sections, the
/// everyday ones first.
enum HelpPage {
  static let width = 80
  /// Where the texts begin.
  private static let column = 24

  /// The page that stands for the parser's own help text; nil where the text is something else.
  static func replacing(_ text: String) -> String? {
    guard text.hasPrefix("OVERVIEW: "), let usage = text.firstRange(of: "\nUSAGE: stipple") else {
      return nil
    }
    let name = text[usage.upperBound...].prefix { $0 != "\n" }.split(separator: " ").first
    let command = name.flatMap { CommandHelp.command(named: String($0)) }
    return command.map { page(CommandHelp($0)) } ?? overview
  }

  /// The commands in groups.
  private static var overview: String {
    let root = StippleCommand.configuration
    var lines = paragraph(root.abstract) + ["", "Usage: \(root.usage ?? "")"]
    let column = 15
    for group in CommandHelp.groups {
      lines += ["", group.name.uppercased()]
      for command in group.commands.map({ $0.configuration }) {
        lines += row(command.commandName ?? "", command.abstract, column: column)
      }
    }
    lines += ["", "OPTIONS"]
    for option in CommandHelp.programOptions {
      lines += row(option.label, option.text, column: column)
    }
    return (lines + ["", root.discussion]).joined(separator: "\n")
  }

  /// The help of one command.
  private static func page(_ help: CommandHelp) -> String {
    let configuration = help.configuration
    var lines = paragraph(configuration.abstract) + ["", "Usage: \(configuration.usage ?? "")"]
    for (title, rows) in help.sections {
      if !title.isEmpty { lines += ["", title.uppercased()] }
      for (label, text) in rows { lines += row(label, text, column: column) }
    }
    if !configuration.discussion.isEmpty { lines += ["", configuration.discussion] }
    return lines.joined(separator: "\n")
  }

  /// A label, and a text in the column beside it.
  private static func row(_ label: String, _ text: String, column: Int) -> [String] {
    var lines = wrapped(text, width - column)
    let label = "  \(label)"
    let margin = String(repeating: " ", count: column)
    guard label.count <= column - 2, !lines.isEmpty else {
      return [label] + lines.map { margin + $0 }
    }
    lines[0] = label.padding(toLength: column, withPad: " ", startingAt: 0) + lines[0]
    return [lines[0]] + lines.dropFirst().map { margin + $0 }
  }

  private static func paragraph(_ text: String) -> [String] { wrapped(text, width) }

  /// The words of a text in lines of at most `width` characters.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0.replacing(CommandHelp.fixedSpace, with: " ") }
  }
}
