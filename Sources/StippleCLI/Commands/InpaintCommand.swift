import ArgumentParser
import Stipple
import SystemPackage

/// `stipple inpaint`
struct InpaintCommand: ParsableCommand, SharingCommand {
  static let configuration = CommandConfiguration(
    commandName: "inpaint",
    abstract: "Fill masked regions of images.",
    usage: "stipple inpaint CHECKPOINT IMAGES... --masks MASKS -o FOLDER [options]",
    discussion: """
      White mask pixels (128 and above) are inpainted; black and transparent ones are
      kept bit for bit. A mask has the size of its image. Images are scaled to cover
      the model's size and center-cropped, and so are their masks.

      The algorithm is RePaint (Lugmayr et al. 2022). It takes nearly --steps times
      --resamplings network function evaluations (NFE) per image. The paper uses
      --steps 250 --resamplings 10. Use --dry-run to estimate the time.
      """)

  @Argument(
    help: .text("Checkpoint file, run folder (latest checkpoint) or model name.", "CHECKPOINT"))
  var checkpoint: FilePath

  @Argument(help: .images)
  var images: [FilePath]

  @Option(
    help: .text("Mask: one PNG, or a folder with a mask of the same name per image.", "MASKS"))
  var masks: FilePath

  @Option(name: .shortAndLong, help: .text("Output folder.", "FOLDER"))
  var output: FilePath

  @OptionGroup(title: "Sampling") var sampling: InpaintingOptions
  @OptionGroup var drawing: DrawingOptions<InpaintingWords>
  @OptionGroup var pictures: PictureOptions<ImagesSection>
  @OptionGroup(title: "Advanced") var part: ShardOption
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption
  @OptionGroup var common: CommonOptions

  /// How masked regions are filled.
  struct InpaintingOptions: ParsableArguments {
    @Option(name: .customShort("n"), help: .text("Results per image.", "N"))
    var number = 1

    @Option(help: .text("Random seed.", "N"))
    var seed = GenerationSettings().seed

    @Option(help: .text("Sampling steps.", "N"))
    var steps = 100

    @Option(help: .text("RePaint resamplings; more blend better.", "N"))
    var resamplings = 5

    @Option(help: .text("RePaint jump length in steps.", "N"))
    var jumpLength = 10

    @Option(help: .text("Batch size.", "N"))
    var batch = 16
  }

  func validate() throws {
    for (setting, value) in [
      (NumericSetting.number, sampling.number), (.steps, sampling.steps),
      (.jumpLength, sampling.jumpLength), (.resamplings, sampling.resamplings),
      (.batch, sampling.batch),
    ] {
      try check(setting, value)
    }
    try checkFolder(output, of: "results are written")
  }

  func run() throws { try sharing.run(inpaint) }

  private func inpaint(_ processes: ProcessGroup) throws {
    try processes.first {
      var gate = OutputGate(
        overwriting: common.overwrite, images: images + [masks],
        others: [checkpoint, drawing.main.guide])
      gate.add("-o", output, .folder)
      try gate.check()
    }
    let model = try DiffusionModel.read(
      checkpoint, weights: common.weights, by: processes, report: Console.note)
    var settings = try drawing.settings(for: model)
    settings.seed = sampling.seed
    settings.sampler = .ddpm
    settings.steps = sampling.steps
    settings.resampling = .init(
      jumpLength: sampling.jumpLength, count: sampling.resamplings)
    settings.precision = common.precision
    var job = EditingJob(inputs: images, output: output)
    job.masks = masks
    job.shard = part.shard
    job.pictures = pictures.settings
    pictures.remark(for: model)
    job.variations = sampling.number
    job.overwrites = common.overwrite
    job.batch = sampling.batch
    let generator = try drawing.generator(model, settings, common)
    try DrawingRun(
      job: job, generator: generator, output: output, batch: sampling.batch, common: common,
      processes: processes)()
  }
}

/// What `stipple inpaint --help` says of common options.
enum InpaintingWords: DrawingWords {}
