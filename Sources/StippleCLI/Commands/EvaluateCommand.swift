import ArgumentParser
import Stipple
import SystemPackage

/// `stipple evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how well a checkpoint knows images.",
    discussion: """
      The variational bound on -log p in bits per dimension, a pixel's channel (Ho et al. 2020, eq. \
      5), with its parts, and the loss, both by timestep. Behind +- is the standard error. Images of \
      another size than the training's are scaled, and their middle is measured.

      Of images that the network was not trained on, the figures compare models; the bound is large \
      where the loss was trained for looks.
      """)

  @Argument(help: "A checkpoint, or a run folder, whose newest good checkpoint is taken.")
  var checkpoint: FilePath

  @Argument(help: "Images: files, and folders that are searched recursively.")
  var images: [FilePath]

  @Option(help: "Timesteps that each image is measured at: 0, and one of each range of the others.")
  var timesteps = 100

  @Option(
    help: """
      The variance of the reverse steps: beta-tilde or beta. (default: what the network was trained \
      for)
      """)
  var variance: EvaluationJob.Variance?

  @Option(help: "What the noise follows from.")
  var seed: UInt64 = 0

  @Option(help: "Evaluations of the network at once.")
  var batch = 32

  @Option(
    name: .customLong("class"),
    help: """
      The images' class, by name, for a network that is told one; folders takes the first \
      folder below the input folder.
      """)
  var className: String?

  @Option(help: "Also the curve by timestep, as CSV with standard errors.")
  var csv: FilePath?

  @Flag(help: "Stop at an image that cannot be read, instead of leaving it out.")
  var strict = false

  @OptionGroup var limit: SizeLimitOption

  @OptionGroup var common: CommonOptions

  @Option(help: "The class by its number, from 0, where names are numbers too.")
  var classIndex: Int?

  func validate() throws {
    try check(.batch, batch)
    try check(.classIndex, classIndex)
    if className != nil && classIndex != nil {
      throw ValidationError("--class-index: give either --class or --class-index")
    }
  }

  func run() throws {
    var gate = OutputGate(
      overwriting: common.overwrite, images: images, others: [checkpoint])
    gate.add("--csv", csv, .curve)
    try gate.check()
    let model = try DiffusionModel(checkpoint, weights: common.weights)
    var job = EvaluationJob(inputs: images)
    job.timesteps = timesteps
    job.variance = variance
    job.seed = seed
    job.batch = batch
    job.takesFolders = className == "folders"
    job.classIndex = classIndex
    if let className, !job.takesFolders {
      job.classIndex = try model.configuration.classIndex(named: className)
    }
    job.isStrict = strict
    job.maxPixels = limit.maxPixels
    job.precision = common.precision
    job.threads = common.threads
    if common.dryRun {
      let survey = try job.survey(model, report: Console.note)
      try Console.note(
        "\(counted(survey.images, "image")) to measure, "
          + "\(counted(survey.evaluations, "evaluation")) of the network; "
          + Progress.estimate(job.estimatedSeconds(model, evaluations: survey.evaluations)))
      if common.json {
        try Console.result(Plan(images: survey.images, evaluations: survey.evaluations))
      }
      return
    }
    Interrupts.listen()
    let progress = Progress("images", total: try job.survey(model).images)
    let evaluation = try job.run(
      model, progress: { done, _ in progress.update(done) }, report: { progress.note($0) },
      shouldStop: { Interrupts.isRequested })
    progress.clear()
    Console.note(
      "\(counted(evaluation.images, "image")) measured"
        + (evaluation.failures.isEmpty ? "" : ", \(evaluation.failures.count) left out"))
    // An interruption may come before the first image: there is no mean of nothing.
    if evaluation.images == 0 { return try Interrupts.exitIfRequested() }
    if let csv {
      try evaluation.write(to: csv)
      Console.note("the curve is in \(csv)")
    }
    if common.json {
      try Console.result(evaluation)
    } else {
      for line in evaluation.lines { try Console.result(line) }
    }
    try Interrupts.exitIfRequested()
    if !evaluation.failures.isEmpty { throw ExitCode(3) }
  }

  private struct Plan: Encodable {
    let images, evaluations: Int
  }
}

extension EvaluationJob.Variance: ExpressibleByArgument {}
