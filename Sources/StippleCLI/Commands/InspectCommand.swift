import ArgumentParser
import Stipple
import SystemPackage

/// `stipple inspect`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show the contents and metadata of a file.",
    usage: "stipple inspect FILE [options]",
    discussion: """
      FILE is a checkpoint, a run folder (latest valid checkpoint), a model's name,
      noisy samples, a trajectory, recorded batches, noisy images or a generated PNG.
      """)

  @Argument(help: .text("File or run folder to show.", "FILE"))
  var file: FilePath

  @OptionGroup(title: "Output") var output: InspectionOptions

  /// What is read and how it is shown.
  struct InspectionOptions: ParsableArguments {
    @Flag(help: "Read all data and verify all checksums.")
    var verify = false

    @OptionGroup var report: JSONOption
  }

  func run() throws {
    var damaged = 0
    let inspection = try Inspection(file, verifying: output.verify) {
      Console.note($0)
      damaged += 1
    }
    if output.report.json {
      try Console.result(inspection)
    } else {
      for line in inspection.lines { try Console.result(line) }
    }
    if output.verify && damaged > 0 { throw ExitCode(3) }
  }
}
