import ArgumentParser
import Stipple
import SystemPackage

/// `stipple interpolate`
struct InterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Draw the images between two seeds or two images.",
    discussion: """
      Frames lie evenly on the great circle between the noise that both ends come from. With --seeds 3 7 the \
      first frame is the image that generate draws with --seed 3, and the last that of --seed 7.

      With --between the noise of an image is what ddim comes to from it when it goes backwards, so that the \
      first and the last frame are close to the images themselves; each pair costs as much as 8 frames \
      more, and the sampler is ddim. Images of another size than the network's are scaled until they cover \
      it, and their middle is kept. Frames that are there already are not made again.
      """)

  @Argument(help: "A checkpoint, or a run folder, whose newest good checkpoint is taken.")
  var checkpoint: FilePath

  @Option(
    name: .shortAndLong,
    help: "The folder for the frames; with --between they are in a folder for each pair of images.")
  var output: FilePath

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Between the images of two seeds.", valueName: "seed seed"))
  var seeds: [UInt64] = []

  @Option(help: "Which image of the seeds. (default: 0)")
  var index: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Between two images, or those of the same names in two folders.", valueName: "a b"))
  var between: [FilePath] = []

  @Option(help: "Frames from one end to the other, both included.")
  var frames = 9

  @OptionGroup var sampling: SamplingOptions

  @Option(help: "Images computed at once: for speed and memory, the frames stay what they are.")
  var batch = 16

  @Option(help: "Also all frames in one picture, a row a pair.")
  var grid: FilePath?

  @Option(help: "Also all frames as an animation, there and back: FILE.apng.")
  var film: FilePath?

  @OptionGroup var pictures: PictureOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if seeds.isEmpty == between.isEmpty {
      throw ValidationError("--seeds: give either --seeds, or --between for images")
    }
    if ![0, 2].contains(seeds.count) {
      throw ValidationError("--seeds: takes two seeds, and \(seeds.count) are given")
    }
    if ![0, 2].contains(between.count) {
      throw ValidationError(
        "--between: takes two images or folders, and \(between.count) are given")
    }
    if index != nil, !between.isEmpty { throw ValidationError("--index: is for --seeds") }
    try check(.index, index)
    try check(.frames, frames)
    try check(.batch, batch)
    try checkFolder(output, of: "frames are written")
  }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: common.overwrite, images: between, others: [checkpoint])
    gate.add("-o", output, .folder)
    gate.add("--grid", grid, .picture(by: "interpolate"))
    gate.add("--film", film, .picture(by: "interpolate"))
    try gate.check()
  }

  func run() throws {
    try checkOutputs()
    let model = try DiffusionModel(checkpoint, weights: common.weights, report: Console.note)
    var settings = try sampling.settings(
      for: model, usual: seeds.isEmpty ? .ddim : GenerationSettings().sampler)
    settings.precision = common.precision
    var job = InterpolationJob(
      seeds.isEmpty
        ? .images(between[0], between[1]) : .seeds(seeds[0], seeds[1], index: index ?? 0),
      output: output)
    (job.frames, job.batch) = (frames, batch)
    (job.grid, job.film) = (grid, film)
    job.overwrites = common.overwrite
    job.pictures = pictures.settings
    let generator = try Generator(model, settings, threads: common.threads)
    if between.isEmpty, let remark = generator.remark { Console.note(remark) }
    // Before any work, of all frames.
    let survey = try job.survey(
      generator, report: common.dryRun ? Console.note : { _ in })
    if common.dryRun {
      try Console.note(
        "\(survey.missing) of \(counted(survey.frames, "frame")) to make, "
          + "\(counted(generator.evaluations, "evaluation")) of the network each; "
          + Progress.estimate(generator.estimatedSeconds(for: survey.work, batch: batch)))
      if common.json { try Console.result(BatchResult(missing: survey.missing)) }
      return
    }
    Interrupts.listen()
    let progress = ProgressByStage()
    let outcome = try job.run(
      generator, progress: { progress.update("frames", $0, $1) }, report: { progress.note($0) },
      shouldStop: { Interrupts.isRequested })
    progress.clear()
    try BatchResult(
      written: outcome.written, skipped: outcome.skipped, failed: outcome.failures,
      missing: outcome.total - outcome.written - outcome.skipped
    ).finish("frame", in: output, asJSON: common.json)
  }
}
