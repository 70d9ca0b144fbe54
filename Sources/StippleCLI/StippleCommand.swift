import ArgumentParser
import Stipple

/// The program.
struct StippleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stipple",
    abstract:
      "Train diffusion models on PNG images; generate, denoise and restore images.",
    usage: "stipple COMMAND [options]",
    discussion: """
      Run the same command again to resume: training continues from the latest valid
      checkpoint, and other commands write only the missing images.

      Exit status: 0 success, 1 error, 3 some inputs failed (named on standard error),
      64 invalid usage, 128 + signal when interrupted, with all results saved (130
      Ctrl-C, 143 SIGTERM, 129 SIGHUP, 138 SIGUSR1, 152 SIGXCPU).
      """,
    version: Machine.version,
    subcommands: [ManualCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Train",
        subcommands: [
          TrainCommand.self, DistillCommand.self, ReportCommand.self, WatchCommand.self,
          EMACommand.self,
        ]),
      CommandGroup(
        name: "Generate",
        subcommands: [GenerateCommand.self, InpaintCommand.self, InterpolateCommand.self]),
      CommandGroup(name: "Restore", subcommands: [DenoiseCommand.self]),
      CommandGroup(
        name: "Measure",
        subcommands: [
          EvaluateCommand.self, CompareCommand.self, BenchmarkCommand.self, DoctorCommand.self,
        ]),
      CommandGroup(
        name: "Files",
        subcommands: [
          NoiseCommand.self, InspectCommand.self, ModelsCommand.self, ImportCommand.self,
          ExportCommand.self,
        ]),
    ])

  /// Whether a command is one of these, and not one that shows help.
  static func doesWork(_ command: any ParsableCommand) -> Bool {
    configuration.subcommands.contains { $0 == type(of: command) }
  }
}
