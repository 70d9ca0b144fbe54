import ArgumentParser
import Stipple
import SystemPackage

/// `stipple noise`
struct NoiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "noise",
    abstract: "Write images at steps of the forward process as tensors in HDF5.",
    discussion: """
      /x_t (image, step, C, H, W) with /timesteps, /alpha_bar, /x_0 and /source beside it: x_t = \
      sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps. Image i has the same noise at timestep t in \
      every file of one seed.
      """)

  @Argument(help: "Image files and folders, which are searched recursively.")
  var images: [FilePath]

  @Option(name: .shortAndLong, help: "The HDF5 file.")
  var output: FilePath

  @Option(help: "all, every=50, or a list such as 0,250,999.")
  var timesteps = TimestepSelection.all

  @Option(help: "What is stored: f32, f16 or u8.")
  var type = NoisingJob.Element.f32

  @Flag(help: "Store the noise as /eps too.")
  var withNoise = false

  @Option(help: "Also as PNG, into this folder.")
  var png: FilePath?

  @Option(help: "What the noise follows from.")
  var seed: UInt64 = 0

  @Option(help: "Pixels as WIDTHxHEIGHT, or a number for a square. (default: the images' own)")
  var size: ImageSize?

  @Option(help: "How images of another size are made to fit: crop, resize or pad.")
  var fit = TrainingSettings.Fit.crop

  @Option(help: "1 grey, 3 RGB, 4 RGBA. (default: what the images have)")
  var channels: Int?

  @Option(help: "The noise: linear, scaled-linear, cosine, sigmoid or sigmoid-beta.")
  var schedule = "linear"

  @Option(help: "Steps from an image to noise.")
  var scheduleTimesteps = 1000

  @OptionGroup var writing: OverwriteOption

  @Flag(help: "Stop at an image that cannot be read, instead of leaving it out.")
  var strict = false

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false

  @OptionGroup var limit: SizeLimitOption

  func validate() throws { try check(.scheduleTimesteps, scheduleTimesteps) }

  func run() throws {
    var gate = OutputGate(overwriting: writing.overwrite, images: images)
    gate.add("-o", output, .tensors(.noised))
    gate.add("--png", png, .folder)
    try gate.check()
    var job = NoisingJob(inputs: images, output: output)
    job.timesteps = timesteps
    job.element = type
    job.withNoise = withNoise
    job.png = png
    job.overwrites = writing.overwrite
    job.seed = seed
    job.size = size
    job.fit = fit
    job.channels = channels
    job.schedule = schedule
    job.scheduleTimesteps = scheduleTimesteps
    job.isStrict = strict
    job.maxPixels = limit.maxPixels
    Interrupts.listen()
    var progress: Progress?
    let outcome = try job.run(
      progress: { done, total in
        let line = progress ?? Progress("images", total: total)
        progress = line
        line.update(done)
      },
      report: { line in
        if let progress { progress.note(line) } else { Console.note(line) }
      },
      shouldStop: { Interrupts.isRequested })
    progress?.clear()
    Console.note(summary(outcome))
    if json {
      try Console.result(
        Result(
          written: outcome.isStopped ? 0 : outcome.written, skipped: outcome.skipped,
          steps: outcome.steps, animations: outcome.animations, failed: outcome.failures,
          megabytes: Double(outcome.bytes) / 1e6))
    }
    try Interrupts.exitIfRequested()
    if !outcome.failures.isEmpty { throw ExitCode(3) }
  }

  private func summary(_ outcome: NoisingJob.Outcome) -> String {
    let steps = "at \(counted(outcome.steps, "step"))"
    if outcome.skipped > 0 {
      return "\(output) is there already, with these \(counted(outcome.skipped, "image")) \(steps)"
    }
    if outcome.isStopped {
      return
        "stopped after \(counted(outcome.written, "image")) \(steps); \(output) is not there yet, and the same "
        + "command goes on"
    }
    return "\(counted(outcome.written, "image")) \(steps) written to \(output)"
      + (outcome.resumed > 0 ? ", \(outcome.resumed) of them before an interruption" : "")
      + (outcome.failures.isEmpty ? "" : ", \(outcome.failures.count) left out")
  }

  private struct Result: Encodable {
    let written, skipped, steps, animations: Int
    let failed: [String]
    let megabytes: Double
  }
}

extension TimestepSelection: ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension NoisingJob.Element: ExpressibleByArgument {}
