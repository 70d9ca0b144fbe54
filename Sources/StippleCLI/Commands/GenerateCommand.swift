import ArgumentParser
import Stipple
import SystemPackage

/// `stipple generate`
struct GenerateCommand: ParsableCommand, SharingCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Sample new images from a model.",
    usage: "stipple generate CHECKPOINT -o FOLDER [options]",
    discussion: """
      SAMPLERS
      \(SamplerTable.text)

      Image i depends only on the checkpoint, the settings, the seed and i, not on
      the batch size or the number of images. Existing images are not made again.
      With --from, images are scaled to cover the model's size and center-cropped.
      It cannot be combined with --grid, --animation, --trajectory, --initial-noise,
      --report or --preview; --depth, --strip, --convert and --max-pixels need it.
      --guide is autoguidance (Karras et al. 2024) by a weaker model. Of the run
      itself, the EMA snapshot nearest to a quarter of the steps is used.
      """)

  @Argument(
    help: .text("Checkpoint file, run folder (latest checkpoint) or model name.", "CHECKPOINT"))
  var checkpoint: FilePath

  @Option(name: .shortAndLong, help: .text("Output folder.", "FOLDER"))
  var output: FilePath

  @OptionGroup(title: "Sampling") var amount: AmountOptions
  @OptionGroup var sampling: SamplingOptions<GenerationWords>
  @OptionGroup(title: "Image-to-image") var source: FromOptions
  @OptionGroup(title: "Output") var files: FileOptions
  @OptionGroup(title: "Output") var page: ReportOption
  @OptionGroup(title: "Output") var screen: PreviewOption
  @OptionGroup(title: "Advanced") var part: ShardOption
  @OptionGroup(title: "Advanced") var advanced: AdvancedOptions
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption
  @OptionGroup var pictures: PictureOptions<ImageToImageSection>
  @OptionGroup var common: CommonOptions

  /// How many images.
  struct AmountOptions: ParsableArguments {
    @Option(
      name: .customShort("n"),
      help: .text(
        "Number of images, or with --from of results per image.", "N",
        default: "64, or 1 with --from"))
    var number: Int?

    @Option(help: .text("Random seed.", "N"))
    var seed = GenerationSettings().seed

    @Option(help: .text("Batch size.", "N"))
    var batch = 16
  }

  /// What is written beside the images.
  struct FileOptions: ParsableArguments {
    @Option(help: .text("Write a PNG grid of all images.", "FILE"))
    var grid: FilePath?

    @Option(
      name: [.customLong("animation"), .customLong("film")],
      help: .text("Show the sampling process: animated FILE.apng, or strip FILE.png.", "FILE"))
    var animation: FilePath?

    @Option(help: .text("Write x_t of every step to HDF5.", "FILE"))
    var trajectory: FilePath?

    /// Whether anything is.
    var isAsked: Bool { grid != nil || animation != nil || trajectory != nil }
  }

  /// What few users need.
  struct AdvancedOptions: ParsableArguments {
    @Option(help: .text("Initial noise: HDF5 with a dataset x_T (image, C, H, W).", "FILE"))
    var initialNoise: FilePath?
  }

  func validate() throws {
    try check(.number, amount.number)
    try check(.batch, amount.batch)
    try checkFolder(output, of: "images are written")
    let ofNewImages = [
      ("grid", files.grid != nil), ("report", page.report != nil), ("preview", screen.preview),
      ("initial-noise", advanced.initialNoise != nil), ("trajectory", files.trajectory != nil),
      ("animation", files.animation != nil),
    ]
    for (name, isGiven) in ofNewImages where isGiven && source.isGiven {
      throw ValidationError("--\(name): cannot be combined with --from")
    }
    if part.shard != nil && (files.isAsked || page.report != nil) {
      throw ValidationError(
        "--shard: cannot be combined with --grid, --animation, --trajectory or --report, whose files "
          + "are of all images")
    }
    if !source.isGiven, let name = pictures.given.first {
      throw ValidationError("--\(name): needs --from")
    }
  }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: common.overwrite, images: source.from,
      others: [checkpoint, advanced.initialNoise, sampling.drawing.main.guide])
    gate.add("-o", output, .folder)
    gate.add("--report", page.report, .page)
    gate.add("--grid", files.grid, .picture(by: "generate"))
    gate.add("--animation", files.animation, .picture(by: "generate"))
    gate.add("--trajectory", files.trajectory, .tensors(.trajectory))
    try gate.check()
  }

  func run() throws { try sharing.run(generate) }

  private func generate(_ processes: ProcessGroup) throws {
    try processes.first(checkOutputs)
    let model = try DiffusionModel.read(
      checkpoint, weights: common.weights, by: processes, report: Console.note)
    var settings = try sampling.settings(for: model)
    settings.seed = amount.seed
    settings.precision = common.precision
    if source.isGiven { return try generateFromImages(model, settings, processes) }
    var job = GenerationJob(output: output, count: amount.number ?? 64)
    job.batch = amount.batch
    job.shard = part.shard
    job.grid = files.grid
    job.initialNoise = advanced.initialNoise
    job.trajectory = files.trajectory
    job.animation = files.animation
    job.overwrites = common.overwrite
    let generator = try sampling.drawing.generator(model, settings, common)
    try DrawingRun(
      job: job, generator: generator, output: output, batch: amount.batch, common: common,
      processes: processes
    ) { outcome in
      if let preview = Preview(isAsked: screen.preview) {
        preview.show(grid: job.indices.prefix(64).map { job.path(of: $0) })
      }
      guard let report = page.report else { return }
      try job.writeReport(of: outcome, by: generator, to: report)
      page.tell()
    }()
  }

  private func generateFromImages(
    _ model: DiffusionModel, _ settings: GenerationSettings, _ processes: ProcessGroup
  ) throws {
    var settings = settings
    settings.strength = source.strength ?? FromOptions.usualStrength
    var job = EditingJob(inputs: source.from, output: output)
    job.variations = amount.number ?? 1
    job.shard = part.shard
    job.overwrites = common.overwrite
    job.pictures = pictures.settings
    pictures.remark(for: model)
    job.batch = amount.batch
    let generator = try sampling.drawing.generator(model, settings, common)
    try DrawingRun(
      job: job, generator: generator, output: output, batch: amount.batch, common: common,
      processes: processes)()
  }
}

/// What `stipple generate --help` says of common options.
enum GenerationWords: DrawingWords {
  static let className = "Class name; all, without --from, cycles through the classes."
}

/// The section of options that image-to-image generation alone has.
enum ImageToImageSection: HelpSection {
  static let title = "Image-to-image"
}
