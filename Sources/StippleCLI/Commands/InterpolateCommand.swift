import ArgumentParser
import Stipple
import SystemPackage

/// `stipple interpolate`
struct InterpolateCommand: ParsableCommand, SharingCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Interpolate between seeds or images.",
    usage: "stipple interpolate CHECKPOINT --seeds A B -o FOLDER [options]",
    discussion: """
      SAMPLERS
      \(SamplerTable.text)

      Spherical interpolation (slerp) of the initial noise. With --seeds 3 7, the
      first and last frames are the images of `generate --seed 3` and `--seed 7`.

      With --between, DDIM inversion finds the noise of both images; a pair costs as
      much as 8 more frames. Images are scaled to cover the model's size and
      center-cropped. Existing frames are not made again.
      """)

  @Argument(
    help: .text("Checkpoint file, run folder (latest checkpoint) or model name.", "CHECKPOINT"))
  var checkpoint: FilePath

  @Option(name: .shortAndLong, help: .text("Output folder.", "FOLDER"))
  var output: FilePath

  @OptionGroup(title: "Interpolation") var ends: EndOptions
  @OptionGroup var sampling: SamplingOptions<InterpolationWords>
  @OptionGroup(title: "Output") var files: FileOptions
  @OptionGroup var pictures: PictureOptions<ImagesSection>
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption
  @OptionGroup var common: CommonOptions

  /// What is interpolated between.
  struct EndOptions: ParsableArguments {
    @Option(parsing: .upToNextOption, help: .text("Two seeds.", "A B"))
    var seeds: [UInt64] = []

    @Option(
      parsing: .upToNextOption,
      help: .text("Two images, or two folders with images of the same names.", "A B"))
    var between: [FilePath] = []

    @Option(help: .text("Frames per pair, including both ends.", "N"))
    var frames = 9

    @Option(help: .text("Image index, with --seeds.", "I", default: "0"))
    var index: Int?

    @Option(help: .text("Batch size.", "N"))
    var batch = 16
  }

  /// What is written beside the frames.
  struct FileOptions: ParsableArguments {
    @Option(help: .text("Write a PNG grid of all frames, one row per pair.", "FILE"))
    var grid: FilePath?

    @Option(
      name: [.customLong("animation"), .customLong("film")],
      help: .text("Write an animation, forward and backward, as FILE.apng.", "FILE"))
    var animation: FilePath?
  }

  func validate() throws {
    if ends.seeds.isEmpty == ends.between.isEmpty {
      throw ValidationError(
        ends.seeds.isEmpty
          ? "--seeds: missing; give --seeds A B, or --between A B for images"
          : "--seeds: cannot be combined with --between")
    }
    if ![0, 2].contains(ends.seeds.count) {
      throw ValidationError("--seeds: takes two seeds, got \(ends.seeds.count)")
    }
    if ![0, 2].contains(ends.between.count) {
      throw ValidationError("--between: takes two images or folders, got \(ends.between.count)")
    }
    if ends.index != nil, !ends.between.isEmpty {
      throw ValidationError("--index: cannot be combined with --between")
    }
    if ends.between.isEmpty, let name = pictures.given.first {
      throw ValidationError("--\(name): needs --between")
    }
    try check(.index, ends.index)
    try check(.frames, ends.frames)
    try check(.batch, ends.batch)
    try checkFolder(output, of: "frames are written")
  }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: common.overwrite, images: ends.between,
      others: [checkpoint, sampling.drawing.main.guide])
    gate.add("-o", output, .folder)
    gate.add("--grid", files.grid, .picture(by: "interpolate"))
    gate.add("--animation", files.animation, .picture(by: "interpolate"))
    try gate.check()
  }

  func run() throws { try sharing.run(interpolate) }

  private func interpolate(_ processes: ProcessGroup) throws {
    try processes.first(checkOutputs)
    let model = try DiffusionModel.read(
      checkpoint, weights: common.weights, by: processes, report: Console.note)
    var settings = try sampling.settings(
      for: model, usual: ends.seeds.isEmpty ? .ddim : nil)
    settings.precision = common.precision
    var job = InterpolationJob(
      ends.seeds.isEmpty
        ? .images(ends.between[0], ends.between[1])
        : .seeds(ends.seeds[0], ends.seeds[1], index: ends.index ?? 0),
      output: output)
    (job.frames, job.batch) = (ends.frames, ends.batch)
    (job.grid, job.animation) = (files.grid, files.animation)
    job.overwrites = common.overwrite
    job.pictures = pictures.settings
    pictures.remark(for: model)
    let generator = try sampling.drawing.generator(model, settings, common)
    try DrawingRun(
      job: job, generator: generator, thing: "frame", output: output, batch: ends.batch,
      common: common, processes: processes)()
  }
}

/// What `stipple interpolate --help` says of common options.
enum InterpolationWords: DrawingWords {
  static let sampler =
    "\(GenerationSettings().sampler); \(Sampler.ddim) with --between, which takes no other"
}
