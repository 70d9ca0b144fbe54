import ArgumentParser
import Foundation
import Stipple

/// Pages of the manual in the language of man(7), from the same texts as `--help`.
enum ManualPage {
  private static let programName = "stipple"

  /// stipple(1).
  static var overview: String {
    let root = StippleCommand.configuration
    let text = Discussion(root.discussion)
    var lines = head(programName, root, text)
    lines.append(".SH COMMANDS")
    for (name, commands) in CommandHelp.groups {
      lines.append(".SS \(roff(name))")
      for command in commands.map(CommandHelp.init) {
        lines += entry("\\fB\(roff(page(of: command)))\\fR(1)", command.configuration.abstract)
      }
    }
    lines.append(".SH OPTIONS")
    for option in CommandHelp.programOptions { lines += entry(label(option.label), option.text) }
    lines += text.sections.flatMap(section)
    lines.append(".SH ENVIRONMENT")
    for (name, meaning) in environment { lines += entry("\\fB\(name)\\fR", meaning) }
    return lines.joined(separator: "\n")
  }

  /// stipple-train(1) and its like.
  static func page(_ help: CommandHelp) -> String {
    let text = Discussion(help.configuration.discussion)
    var lines = head(page(of: help), help.configuration, text)
    lines.append(".SH OPTIONS")
    for (title, rows) in help.sections {
      if !title.isEmpty { lines.append(".SS \(roff(title.capitalized))") }
      for row in rows { lines += entry(label(row.label), row.text) }
    }
    lines += text.sections.flatMap(section)
    lines += [".SH SEE ALSO", "\\fBstipple\\fR(1)"]
    return lines.joined(separator: "\n")
  }

  private static let environment: KeyValuePairs = [
    "STIPPLE_DATA": "Folders with models, separated by colons, which are looked in first.",
    "STIPPLE_ISA": "Instruction set to compute with instead of the best of the processor.",
    "STIPPLE_MPI": "MPI library to load instead of the usual ones; \"none\" ignores MPI.",
    "OMP_NUM_THREADS": "CPU threads, where --threads is not given.",
  ]

  /// What a page of a command is called.
  private static func page(of help: CommandHelp) -> String { "\(programName)-\(help.name)" }

  private static func head(
    _ name: String, _ configuration: CommandConfiguration, _ text: Discussion
  ) -> [String] {
    let title = roff(name.uppercased())
    let abstract =
      configuration.abstract.hasSuffix(".")
      ? String(configuration.abstract.dropLast()) : configuration.abstract
    let sentence = abstract.prefix(1).lowercased() + abstract.dropFirst()
    return [
      ".TH \(title) 1 \"\" \"Stipple \(Machine.version)\" \"Stipple\"",
      ".SH NAME", "\(roff(name)) \\- \(roff(sentence))",
      ".SH SYNOPSIS", ".B \(roff(configuration.usage ?? name))", ".SH DESCRIPTION",
      line(configuration.abstract),
    ] + text.paragraphs.flatMap { [".PP", line($0)] }
  }

  private static func section(_ section: Discussion.Section) -> [String] {
    let body =
      section.isTable
      ? [".nf"] + section.lines.map(line) + [".fi"]
      : [line(section.lines.joined(separator: " "))]
    return [".SH \(roff(section.title))"] + body
  }

  private static func entry(_ label: String, _ text: String) -> [String] {
    [".TP", label, line(text.replacing(CommandHelp.fixedSpace, with: "\\ "))]
  }

  /// "-o, --output RUN" with names bold and values in italics.
  private static func label(_ text: String) -> String {
    text.split(separator: " ").map { word in
      let isName = word.hasPrefix("-")
      let (bare, comma) = word.hasSuffix(",") ? (word.dropLast(), ",") : (word, "")
      return "\\f\(isName ? "B" : "I")\(roff(String(bare)))\\fR\(comma)"
    }.joined(separator: " ")
  }

  /// A line of text, which is no request.
  private static func line(_ text: String) -> String {
    let text = roff(text)
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(text)" : text
  }

  private static func roff(_ text: String) -> String {
    text.replacing("\\ ", with: "\u{0}").replacing("\\", with: "\\e")
      .replacing("-", with: "\\-").replacing("\u{0}", with: "\\ ")
  }
}

/// The text below a command's options in parts.
private struct Discussion {
  struct Section {
    let title: String
    let lines: [String]
    /// Whether the lines stay as they are.
    let isTable: Bool
  }

  private(set) var paragraphs: [String] = []
  private(set) var sections: [Section] = []

  init(_ text: String) {
    let status = "Exit status: "
    for block in text.split(separator: "\n\n") {
      let lines = block.split(separator: "\n").map(String.init)
      let prose = lines.joined(separator: " ")
      if lines[0] == lines[0].uppercased() {
        sections.append(Section(title: lines[0], lines: Array(lines.dropFirst()), isTable: true))
      } else if prose.hasPrefix(status) {
        let text = String(prose.dropFirst(status.count))
        sections.append(Section(title: "EXIT STATUS", lines: [text], isTable: false))
      } else {
        paragraphs.append(prose)
      }
    }
  }
}
