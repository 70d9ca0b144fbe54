import ArgumentParser
import Stipple
import SystemPackage

// Options that several commands have, each declared once.

/// What a command writes, and in which form it reports.
struct OutputOptions: ParsableArguments {
  @Flag(
    help: "Replace files made with other settings or by other programs.")
  var overwrite = false

  @OptionGroup var report: JSONOption

  var json: Bool { report.json }
}

/// Whether the results are shown on a page.
struct ReportOption: ParsableArguments {
  @Option(help: .text("Write a page of the results as HTML.", "FILE"))
  var report: FilePath?

  /// Says where the page is.
  func tell() { if let report { Console.note("report: \(report)") } }
}

/// Whether the result is for a program.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print the result to standard output as JSON.")
  var json = false
}

/// Whether a command only says what it would do.
struct DryRunOption: ParsableArguments {
  @Flag(help: "Show the planned work, with estimates; do nothing.")
  var dryRun = false
}

/// What becomes of images that cannot be read.
struct StrictOption: ParsableArguments {
  @Flag(help: "Stop at the first unreadable image.")
  var strict = false
}

/// How images are read.
struct ReadingOptions: ParsableArguments {
  @OptionGroup var failing: StrictOption
  @OptionGroup var limit: SizeLimitOption

  var strict: Bool { failing.strict }
  var maxPixels: Int? { limit.maxPixels }
}

/// How large images may be.
struct SizeLimitOption: ParsableArguments {
  @Option(
    help: .text("Maximum pixels per image.", "N", default: "\(PictureSettings.standardMaxPixels)"))
  var maxPixels: Int?

  func validate() throws { try check(.maxPixels, maxPixels) }
}

/// How a network computes.
struct ComputeOptions: ParsableArguments {
  @Option(help: .text("Compute precision.", "TYPE"))
  var precision = TrainingSettings.Precision.auto

  @Option(help: .text("CPU threads.", "N", default: "all CPUs"))
  var threads: Int?

  @OptionGroup var trial: DryRunOption

  func validate() throws { try check(.threads, threads) }
}

/// Which weights of a checkpoint are used.
struct WeightsOption: ParsableArguments {
  @Option(
    name: .customLong("weights"),
    help: .text(
      "EMA weights, or latest weights of the model.", "NAME",
      default: CheckpointWeights.ema.rawValue))
  var typed: CheckpointWeights?

  var weights: CheckpointWeights { typed ?? .ema }
}

/// What the commands that use a checkpoint have in common.
struct CommonOptions: ParsableArguments {
  @OptionGroup(title: "Run") var model: WeightsOption
  @OptionGroup(title: "Run") var compute: ComputeOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  var weights: CheckpointWeights { model.weights }
  var precision: TrainingSettings.Precision { compute.precision }
  var threads: Int? { compute.threads }
  var dryRun: Bool { compute.trial.dryRun }
  var overwrite: Bool { output.overwrite }
  var json: Bool { output.json }
}

/// Which part of the images a command makes.
struct ShardOption: ParsableArguments {
  @Option(help: .text("Part I of N of the images, for arrays of jobs.", "I/N"))
  var shard: Shard?
}

extension Shard: @retroactive ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension CheckpointWeights: @retroactive ExpressibleByArgument {}
