import ArgumentParser

/// `stipple manual`, by which packages get their manual pages.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Print a page of the manual for man(1).",
    usage: "stipple manual [COMMAND]",
    discussion: """
      To read one: stipple manual train | man -l -
      """,
    shouldDisplay: false)

  @Argument(help: .text("Command; without one, the page of the program itself.", "COMMAND"))
  var name: String?

  func run() throws {
    guard let name else { return try Console.resultLines(ManualPage.overview) }
    guard let command = CommandHelp.command(named: name) else {
      throw ValidationError("there is no command \(name); stipple --help lists them")
    }
    try Console.resultLines(ManualPage.page(CommandHelp(command)))
  }
}
