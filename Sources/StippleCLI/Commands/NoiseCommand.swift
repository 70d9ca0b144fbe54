import ArgumentParser
import Stipple
import SystemPackage

/// `stipple noise`
struct NoiseCommand: ParsableCommand, SharingCommand {
  static let configuration = CommandConfiguration(
    commandName: "noise",
    abstract: "Export noisy samples x_t of the forward process to HDF5.",
    usage: "stipple noise IMAGES... -o FILE [options]",
    discussion: """
      DATASETS
        /x_t (image, step, C, H, W), /timesteps, /alpha_bar, /x_0, /source, and /eps
        with --with-noise: x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps

      The noise depends only on the seed, the image index and the timestep.
      """)

  @Argument(help: .images)
  var images: [FilePath]

  @Option(name: .shortAndLong, help: .text("HDF5 file to write.", "FILE"))
  var output: FilePath

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Diffusion") var diffusion: DiffusionOptions
  @OptionGroup(title: "Output") var files: FileOptions
  @OptionGroup(title: "Output") var writing: OutputOptions
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Advanced") var reading: ReadingOptions
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption

  /// The images.
  struct DataOptions: ParsableArguments {
    @Option(help: .text("Image size.", "WxH", default: "size of the images, if all have the same"))
    var size: ImageSize?

    @Option(
      help: .text(
        "How to fit other image sizes.", "MODE", choices: Fit.fixed))
    var fit = Fit.crop

    @Option(
      help: .text("Channels: 1 gray, 3 RGB, 4 RGBA.", "N", default: "from images"))
    var channels: Int?
  }

  /// The noise.
  struct DiffusionOptions: ParsableArguments {
    @Option(help: .text("Timesteps to export: all, every=50, or a list such as 0,250,999.", "LIST"))
    var timesteps = TimestepSelection.all

    @Option(
      help: .text(
        "Noise schedule.", "NAME",
        choices: TrainingSettings.schedules))
    var schedule = TrainingSettings(recipe: .ddpm).schedule

    @Option(help: .text("Timesteps of the schedule.", "T"))
    var scheduleTimesteps = TrainingSettings(recipe: .ddpm).timesteps

    @Option(help: .text("Random seed.", "N"))
    var seed: UInt64 = 0
  }

  /// What is written.
  struct FileOptions: ParsableArguments {
    @Option(help: .text("Element type of x_t.", "TYPE"))
    var type = NoisingJob.Element.f32

    @Flag(help: "Also store the noise as /eps.")
    var withNoise = false

    @Option(help: .text("Also write x_t as PNG to this folder.", "FOLDER"))
    var png: FilePath?
  }

  func validate() throws { try check(.scheduleTimesteps, diffusion.scheduleTimesteps) }

  func run() throws { try sharing.run(noise) }

  private func checkOutputs() throws {
    var gate = OutputGate(overwriting: writing.overwrite, images: images)
    gate.add("-o", output, .tensors(.noised))
    gate.add("--png", files.png, .folder)
    try gate.check()
  }

  private func noise(_ processes: ProcessGroup) throws {
    try processes.first(checkOutputs)
    var job = NoisingJob(inputs: images, output: output)
    job.timesteps = diffusion.timesteps
    job.element = files.type
    job.withNoise = files.withNoise
    job.png = files.png
    job.overwrites = writing.overwrite
    job.seed = diffusion.seed
    job.size = data.size
    job.fit = data.fit
    job.channels = data.channels
    job.schedule = diffusion.schedule
    job.scheduleTimesteps = diffusion.scheduleTimesteps
    job.isStrict = reading.strict
    job.maxPixels = reading.maxPixels
    if trial.dryRun { return try processes.first { try tellPlan(job) } }
    let outcome = try job.run((), by: processes)
    Console.note(summary(outcome))
    if writing.json {
      try Console.result(
        Result(
          batch: BatchResult(
            written: outcome.isStopped ? 0 : outcome.written, skipped: outcome.skipped,
            failed: outcome.failures,
            missing: outcome.isStopped ? outcome.written + outcome.unreached : 0,
            unreached: outcome.unreached,
            animations: outcome.animations),
          noise: .init(steps: outcome.steps, megabytes: Double(outcome.bytes) / 1e6)))
    }
    try Interrupts.exitIfRequested(by: processes)
    if !outcome.failures.isEmpty { throw ExitCode(3) }
  }

  private func tellPlan(_ job: NoisingJob) throws {
    let plan = try job.plan(report: Console.note)
    let size = plan.images == 0 ? "" : "; about \(Machine.amount(Int(min(plan.bytes, 1e18))))"
    Console.note(
      "\(counted(plan.images, "image")) to noise at \(counted(plan.steps, "step"))\(size)")
    if writing.json {
      try Console.result(
        Result(
          batch: BatchResult(missing: plan.images),
          noise: .init(steps: plan.steps, megabytes: plan.bytes / 1e6)))
    }
  }

  private func summary(_ outcome: NoisingJob.Outcome) -> String {
    let steps = "at \(counted(outcome.steps, "step"))"
    if outcome.skipped > 0 {
      let images = outcome.skipped == 1 ? "this image" : "these \(outcome.skipped) images"
      return "\(output) already exists, with \(images) \(steps)"
        + (outcome.failures.isEmpty ? "" : ", \(outcome.failures.count) failed")
    }
    if outcome.isStopped {
      return
        "stopped after \(counted(outcome.written, "image")) \(steps); \(output) is not there yet, and the same "
        + "command goes on"
    }
    if outcome.written == 0 {
      return
        "\(output) is not written: none of \(counted(outcome.failures.count, "image")) could be read"
    }
    return "\(counted(outcome.written, "image")) \(steps) written to \(output)"
      + (outcome.resumed > 0 ? ", \(outcome.resumed) of them before an interruption" : "")
      + (outcome.failures.isEmpty ? "" : ", \(outcome.failures.count) failed")
  }

  private struct Result: Encodable {
    struct Samples: Encodable {
      let steps: Int
      let megabytes: Double
    }

    let batch: BatchResult
    let noise: Samples

    private enum CodingKeys: CodingKey { case noise }

    func encode(to encoder: any Encoder) throws {
      try batch.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(noise, forKey: .noise)
    }
  }
}

extension TimestepSelection: @retroactive ExpressibleByArgument {
  /// "all".
  public var defaultValueDescription: String { self == .all ? "all" : "\(self)" }

  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension NoisingJob.Element: @retroactive ExpressibleByArgument {}
