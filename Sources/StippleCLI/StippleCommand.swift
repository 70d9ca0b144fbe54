import ArgumentParser

/// The program.
struct StippleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stipple",
    abstract:
      "Train diffusion models on folders of PNG images, and generate and denoise with them.",
    discussion: """
      The same command again finishes what is missing: training goes on from the newest good \
      checkpoint, and a batch writes only the images that are not there yet.

      Exit status: 0 done, 1 failed, 3 done but some inputs failed (they are named), 64 a flag or \
      its value is wrong, 130 or 143 interrupted with everything saved.
      """,
    version: Version.text,
    subcommands: [
      TrainCommand.self, GenerateCommand.self, DenoiseCommand.self, EvaluateCommand.self,
      NoiseCommand.self, CompareCommand.self, InspectCommand.self, ImportCommand.self,
      ExportCommand.self,
      BenchmarkCommand.self, EMACommand.self, InpaintCommand.self, InterpolateCommand.self,
    ])
}

/// What the program calls itself.
enum Version {
  static let text = "0.1.0"
}
