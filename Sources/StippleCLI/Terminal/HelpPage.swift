import ArgumentParser
import Foundation

/// `--help` as the program prints it, from what the argument parser knows of a command: options in sections, the
/// everyday ones first.
enum HelpPage {
  private static let width = 80
  /// A space at which no line ends.
  fileprivate static let fixedSpace = "\u{A0}"
  /// Where the texts begin.
  private static let column = 24

  /// The page that stands for the parser's own help text; nil where the text is something else.
  static func replacing(_ text: String) -> String? {
    guard text.hasPrefix("OVERVIEW: "), let usage = text.firstRange(of: "\nUSAGE: stipple") else {
      return nil
    }
    let name = text[usage.upperBound...].prefix { $0 != "\n" }.split(separator: " ").first
    let command = StippleCommand.configuration.subcommands.first {
      $0.configuration.commandName == name.map(String.init)
    }
    return command.map(page) ?? overview
  }

  /// The commands in groups.
  private static var overview: String {
    let root = StippleCommand.configuration
    var lines = paragraph(root.abstract) + ["", "Usage: \(root.usage ?? "")"]
    let column = 15
    for group in root.groupedSubcommands {
      lines += ["", group.name.uppercased()]
      for command in group.subcommands.map({ $0.configuration }) {
        lines += row(command.commandName ?? "", command.abstract, column: column)
      }
    }
    lines += ["", "OPTIONS"] + row("--version", "Show the version.", column: column)
    lines += row("-h, --help", "Show help; also after a command.", column: column)
    return (lines + ["", root.discussion]).joined(separator: "\n")
  }

  /// The help of one command.
  private static func page(_ command: any ParsableCommand.Type) -> String {
    let configuration = command.configuration
    var lines = paragraph(configuration.abstract) + ["", "Usage: \(configuration.usage ?? "")"]
    for (title, arguments) in sections(command) {
      if !title.isEmpty { lines += ["", title.uppercased()] }
      for argument in arguments { lines += row(argument.label, argument.text, column: column) }
    }
    if !configuration.discussion.isEmpty { lines += ["", configuration.discussion] }
    return lines.joined(separator: "\n")
  }

  /// A command's arguments by section: first those without a section, last "Advanced".
  private static func sections(
    _ command: any ParsableCommand.Type
  ) -> [(title: String, arguments: [Argument])] {
    let dump = Data(command._dumpHelp().utf8)
    // What the parser writes of itself it writes as it is read here.
    guard let tool = try? JSONDecoder().decode(Tool.self, from: dump) else { return [] }
    let shown = (tool.command.arguments ?? []).filter { $0.shouldDisplay && !$0.isHelp }
    var titles: [String] = [""]
    for title in shown.map(\.section) where !titles.contains(title) { titles.append(title) }
    titles = titles.filter { $0 != "Advanced" } + titles.filter { $0 == "Advanced" }
    return titles.map { title in (title, joined(shown.filter { $0.section == title })) }
      .filter { !$0.arguments.isEmpty }
  }

  /// The arguments with each `--no-flip` joined to its `--flip`.
  private static func joined(_ arguments: [Argument]) -> [Argument] {
    let names = Set(arguments.compactMap(\.long))
    return arguments.compactMap { argument in
      guard argument.kind == "flag", let long = argument.long else { return argument }
      if long.hasPrefix("no-"), names.contains(String(long.dropFirst(3))) { return nil }
      var argument = argument
      argument.isSwitch = names.contains("no-\(long)")
      return argument
    }
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
  private static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0.replacing(fixedSpace, with: " ") }
  }
}

/// What the argument parser writes of a command, as far as it is shown.
private struct Tool: Decodable {
  struct Command: Decodable {
    let arguments: [Argument]?
  }

  let command: Command
}

private struct Argument: Decodable {
  struct Name: Decodable {
    let kind, name: String
  }

  let kind: String
  let shouldDisplay, isRepeating: Bool
  let sectionTitle: String?
  let names: [Name]?
  let valueName, defaultValue: String?
  let allValues: [String]?
  let abstract, discussion: String?
  /// Whether there is a `--no-` beside it.
  var isSwitch = false

  private enum CodingKeys: CodingKey {
    case kind, shouldDisplay, isRepeating, sectionTitle, names, valueName, defaultValue, allValues
    case abstract, discussion
  }

  /// Choices, range, default and section, as `ArgumentHelp.text` and `.setting` write them.
  private var notes: [String] {
    let notes = (discussion ?? "").components(separatedBy: "|")
    return notes + [String](repeating: "", count: max(0, 4 - notes.count))
  }

  var section: String { sectionTitle ?? notes[3] }
  var isHelp: Bool { long == "help" || long == "version" }

  /// The first long name; others are older spellings of it.
  var long: String? { names?.first { $0.kind == "long" }?.name }
  private var short: String? { names?.first { $0.kind == "short" }?.name }

  /// "-o, --output RUN", "--flip, --no-flip", "IMAGES...".
  var label: String {
    guard kind != "positional" else { return (valueName ?? "") + (isRepeating ? "..." : "") }
    var forms = [short.map { "-\($0)" }, long.map { "--\($0)" }].compactMap(\.self)
    if isSwitch, let long { forms.append("--no-\(long)") }
    let names = forms.joined(separator: ", ")
    return kind == "flag" ? names : "\(names) \(valueName ?? "")"
  }

  /// The text with choices, range and default in brackets.
  var text: String {
    let abstract = abstract ?? ""
    var notes = Array(notes[..<3])
    if let allValues, notes[0].isEmpty { notes[0] = allValues.joined(separator: ", ") }
    // What is listed below is not listed here.
    if abstract.hasSuffix("see below.") { notes[0] = "" }
    if notes[2].isEmpty, kind == "option", !isRepeating, let defaultValue {
      notes[2] = defaultValue.hasSuffix(".0") ? String(defaultValue.dropLast(2)) : defaultValue
    }
    if !notes[2].isEmpty { notes[2] = "default:\(HelpPage.fixedSpace)\(notes[2])" }
    notes = notes.filter { !$0.isEmpty }
    return abstract + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
  }
}
