import ArgumentParser
import Foundation

/// What the argument parser knows of a command, as help and manual pages show it.
struct CommandHelp {
  /// A row of the options: its label, "-o, --output RUN", and what it is.
  typealias Row = (label: String, text: String)

  /// A space at which no line ends.
  static let fixedSpace = "\u{A0}"

  let configuration: CommandConfiguration
  /// The arguments by section: first those without a section, last "Advanced".
  let sections: [(title: String, rows: [Row])]

  init(_ command: any ParsableCommand.Type) {
    configuration = command.configuration
    sections = Self.sections(command).map { title, arguments in
      (title, arguments.map { ($0.label, $0.text) })
    }
  }

  /// "train".
  var name: String { configuration.commandName ?? "" }

  /// The commands that help lists, by group.
  static var groups: [(name: String, commands: [any ParsableCommand.Type])] {
    StippleCommand.configuration.groupedSubcommands.map { ($0.name, $0.subcommands) }
  }

  /// The command of a name.
  static func command(named name: String) -> (any ParsableCommand.Type)? {
    StippleCommand.configuration.subcommands.first { $0.configuration.commandName == name }
  }

  /// The arguments, of which the parser takes `help NAME` for `help` where there is no such command: `NAME` alone, which it
  /// refuses.
  static func spelled(_ arguments: [String]) -> [String] {
    guard arguments.count == 2, arguments[0] == "help", !arguments[1].hasPrefix("-"),
      command(named: arguments[1]) == nil
    else { return arguments }
    return [arguments[1]]
  }

  /// The options of the program itself.
  static let programOptions: [Row] = [
    ("--version", "Show the version."),
    ("-h, --help", "Show help; also after a command."),
  ]

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
    if !notes[2].isEmpty { notes[2] = "default:\(CommandHelp.fixedSpace)\(notes[2])" }
    notes = notes.filter { !$0.isEmpty }
    return abstract + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
  }
}
