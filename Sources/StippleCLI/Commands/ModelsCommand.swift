import ArgumentParser
import Stipple
import SystemPackage

/// `stipple models`
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List installed models, or show a model's card.",
    usage: "stipple models [MODEL] [options]",
    discussion: """
      Models are files NAME.h5 in the folders of the environment variable STIPPLE_DATA
      (separated by colons), in the program's folder, or in ../share/stipple. Wherever
      a command takes a checkpoint it takes a name too.
      """)

  @Argument(help: .text("Name or file of a model, to show its card.", "MODEL"))
  var model: FilePath?

  @OptionGroup(title: "Output") var output: JSONOption

  func run() throws {
    let catalog = ModelCatalog.standard
    if let model { return try show(model, of: catalog) }
    let (models, failures) = ModelSummary.all(in: catalog)
    for failure in failures { Console.note("left out: \(failure)") }
    if output.json {
      try Console.result(
        Result(models: models, folders: catalog.folders.map(\.string), failures: failures))
    } else if models.isEmpty {
      Console.note(
        "no models are installed; looked in \(catalog.folders.map(\.string).joined(separator: ", "))"
      )
    } else {
      for line in ModelSummary.lines(models) { try Console.result(line) }
    }
    if !failures.isEmpty { throw ExitCode(3) }
  }

  private func show(_ given: FilePath, of catalog: ModelCatalog) throws {
    let path = try catalog.path(of: given)
    let summary = try ModelSummary(of: path, report: Console.note)
    if output.json {
      return try Console.result(Result(models: [summary], folders: [], failures: []))
    }
    if let card = summary.card { return try Console.resultLines(card.text) }
    for line in ModelSummary.lines([summary]) { try Console.result(line) }
  }

  private struct Result: Encodable {
    let models: [ModelSummary]
    let folders: [String]
    let failures: [String]
  }
}
