import ArgumentParser
import Diffusion
import Stipple
import SystemPackage

/// `stipple generate`
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Draw new images from a checkpoint.",
    discussion: """
      Image i is a pure function of the checkpoint, the seed and i: 000017.png is the same in any \
      batch, number of images or shard. Images that are there already are not made again.

      With --from, each image is drawn from another one, and follows from its pixels and its name.
      """)

  @Argument(help: "A checkpoint, or a run folder, whose newest good checkpoint is taken.")
  var checkpoint: FilePath

  @Option(name: .shortAndLong, help: "The folder for the images.")
  var output: FilePath

  @Option(
    name: .customShort("n"), help: "How many images; with --from, of each. (default: 64, or 1)")
  var number: Int?

  @OptionGroup var source: FromOptions

  @Option(help: "What the noise follows from.")
  var seed: UInt64 = 0

  @OptionGroup var sampling: SamplingOptions

  @Option(help: "Images computed at once: for speed and memory, the images stay what they are.")
  var batch = 16

  @Option(help: "Only a part of the images, such as 2/4: for several machines.")
  var shard: GenerationJob.Shard?

  @Option(help: "Also all images in one picture.")
  var grid: FilePath?

  @Option(help: "HDF5 with a dataset /x_T (image, C, H, W) that the images start from.")
  var initialNoise: FilePath?

  @Option(help: "Also every step of every image, as HDF5.")
  var trajectory: FilePath?

  @Option(
    help: """
      Also what is predicted of the first images on the way from noise: FILE.png a strip of 8, with time \
      from left to right, FILE.apng an animation of 64.
      """)
  var film: FilePath?

  @OptionGroup var pictures: PictureOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    try check(.number, number)
    try check(.batch, batch)
    try checkFolder(output, of: "images are written")
    let ofNewImages = [
      ("shard", shard != nil), ("grid", grid != nil), ("initial-noise", initialNoise != nil),
      ("trajectory", trajectory != nil), ("film", film != nil),
    ]
    for (name, isGiven) in ofNewImages where isGiven && source.isGiven {
      throw ValidationError("--\(name): is for images from nothing but noise, not for --from")
    }
  }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: common.overwrite, images: source.from, others: [checkpoint, initialNoise])
    gate.add("-o", output, .folder)
    gate.add("--grid", grid, .picture(by: "generate"))
    gate.add("--film", film, .picture(by: "generate"))
    gate.add("--trajectory", trajectory, .tensors(.trajectory))
    try gate.check()
  }

  func run() throws {
    try checkOutputs()
    let model = try DiffusionModel(checkpoint, weights: common.weights, report: Console.note)
    var settings = try sampling.settings(for: model)
    settings.seed = seed
    settings.precision = common.precision
    if source.isGiven { return try runFromImages(model, settings) }
    var job = GenerationJob(output: output, count: number ?? 64)
    job.batch = batch
    job.shard = shard
    job.grid = grid
    job.initialNoise = initialNoise
    job.trajectory = trajectory
    job.film = film
    job.overwrites = common.overwrite
    let generator = try Generator(model, settings, threads: common.threads)
    if let remark = generator.remark { Console.note(remark) }
    if common.dryRun {
      let missing = try job.missing(generator).count
      try Console.note(
        "\(missing) of \(counted(job.indices.count, "image")) to make, "
          + "\(counted(generator.evaluations, "evaluation")) of the network each; "
          + Progress.estimate(generator.estimatedSeconds(for: missing, batch: batch)))
      if common.json { try Console.result(Result(written: 0, missing: missing, skipped: 0)) }
      return
    }
    Interrupts.listen()
    let progress = Progress("images", total: job.indices.count)
    let outcome = try job.run(
      generator, progress: { progress.update($0) }, shouldStop: { Interrupts.isRequested })
    progress.clear()
    let missing = job.indices.count - outcome.written - outcome.skipped
    Console.note(
      "\(counted(outcome.written, "image")) written to \(output)"
        + (outcome.skipped > 0 ? ", \(outcome.skipped) were there" : ""))
    if common.json {
      try Console.result(
        Result(written: outcome.written, missing: missing, skipped: outcome.skipped))
    }
    try Interrupts.exitIfRequested()
  }

  private func runFromImages(_ model: DiffusionModel, _ settings: GenerationSettings) throws {
    var settings = settings
    settings.strength = source.strength ?? 0.6
    var job = EditingJob(inputs: source.from, output: output)
    job.variations = number ?? 1
    job.overwrites = common.overwrite
    job.pictures = pictures.settings
    job.batch = batch
    let generator = try Generator(model, settings, threads: common.threads)
    if let remark = generator.remark { Console.note(remark) }
    try EditingRun(job: job, generator: generator, common: common)()
  }

  private struct Result: Encodable {
    let written, missing, skipped: Int
  }
}

extension GenerationJob.Shard: ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}
