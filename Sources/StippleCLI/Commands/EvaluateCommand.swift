import ArgumentParser
import Stipple
import SystemPackage

/// `stipple evaluate`
struct EvaluateCommand: ParsableCommand, SharingCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Variational bound (bits/dim) and loss by timestep.",
    usage: "stipple evaluate CHECKPOINT IMAGES... [options]",
    discussion: """
      The variational bound on the negative log-likelihood (Ho et al. 2020, eq. 5) in
      bits per dimension, with its terms, and the loss by timestep, both with
      standard errors. Use held-out images. Images are scaled to cover the model's
      size and center-cropped.
      """)

  @Argument(
    help: .text("Checkpoint file, run folder (latest checkpoint) or model name.", "CHECKPOINT"))
  var checkpoint: FilePath

  @Argument(help: .images)
  var images: [FilePath]

  @OptionGroup(title: "Evaluation") var evaluation: EvaluationOptions
  @OptionGroup(title: "Output") var files: FileOptions
  @OptionGroup(title: "Output") var page: ReportOption
  @OptionGroup(title: "Run") var weights: WeightsOption
  @OptionGroup(title: "Run") var compute: ComputeOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Advanced") var reading: ReadingOptions
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption

  /// What is measured.
  struct EvaluationOptions: ParsableArguments {
    @Option(
      help: .text(
        "Timesteps per image, stratified.", "N", form: "2 or more",
        default: "\(EvaluationJob(inputs: []).timesteps), or all of a model with fewer"))
    var timesteps: Int?

    @Option(
      help: .text("Reverse-process variance.", "TYPE", default: "as trained"))
    var variance: ReverseVariance?

    @Option(
      name: .customLong("class"),
      help: .text("Class name of all images; folders takes subfolder names.", "NAME"))
    var className: String?

    @Option(help: .text("Class index, from 0.", "N"))
    var classIndex: Int?

    @Option(help: .text("Random seed.", "N"))
    var seed: UInt64 = 0

    @Option(help: .text("Batch size.", "N"))
    var batch = 32
  }

  /// What is written.
  struct FileOptions: ParsableArguments {
    @Option(help: .text("Write loss and bound per timestep as CSV.", "FILE"))
    var csv: FilePath?
  }

  func validate() throws {
    try check(.batch, evaluation.batch)
    try check(.classIndex, evaluation.classIndex)
    if evaluation.className != nil && evaluation.classIndex != nil {
      throw ValidationError("--class-index: cannot be combined with --class")
    }
  }

  func run() throws { try sharing.run(evaluate) }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: output.overwrite, images: images, others: [checkpoint])
    gate.add("--csv", files.csv, .curve)
    gate.add("--report", page.report, .page)
    try gate.check()
  }

  private func evaluate(_ processes: ProcessGroup) throws {
    try processes.first(checkOutputs)
    let model = try DiffusionModel.read(
      checkpoint, weights: weights.weights, by: processes, report: Console.note)
    var job = EvaluationJob(inputs: images)
    if let timesteps = evaluation.timesteps {
      if timesteps > model.timesteps {
        throw ValidationError(
          "--timesteps: must be at most \(model.timesteps) (the model's timesteps), got \(timesteps)"
        )
      }
      job.timesteps = timesteps
    }
    job.variance = evaluation.variance
    job.seed = evaluation.seed
    job.batch = evaluation.batch
    job.takesFolders = evaluation.className == "folders"
    job.classIndex = try evaluation.classIndex.map(model.configuration.classIndex(at:))
    if let className = evaluation.className, !job.takesFolders {
      job.classIndex = try model.configuration.classIndex(named: className)
    }
    job.isStrict = reading.strict
    job.maxPixels = reading.maxPixels
    job.precision = compute.precision
    job.threads = compute.threads
    if compute.trial.dryRun { return try processes.first { try tellPlan(job, model) } }
    let result = try job.run(model, by: processes)
    Console.note(
      "\(counted(result.images, "image")) evaluated"
        + (result.failures.isEmpty ? "" : ", \(result.failures.count) failed"))
    if Interrupts.isRequested(by: processes) {
      Console.note("stopped before the other images; figures are of those evaluated")
    }
    // An interruption may come before the first image: there is no mean of nothing.
    if result.images > 0 { try processes.first { try tell(result, model) } }
    try Interrupts.exitIfRequested(by: processes)
    if !result.failures.isEmpty { throw ExitCode(3) }
  }

  private func tellPlan(_ job: EvaluationJob, _ model: DiffusionModel) throws {
    let plan = try job.plan(model, report: Console.note)
    try Console.note(
      "\(counted(plan.images, "image")) to evaluate, \(plan.evaluations) NFE; "
        + Progress.estimate(job.estimatedSeconds(model, evaluations: plan.evaluations)))
    if output.json {
      try Console.result(
        Plan(images: .init(missing: plan.images), evaluate: .init(nfe: plan.evaluations)))
    }
  }

  private func tell(_ result: Evaluation, _ model: DiffusionModel) throws {
    if let report = page.report {
      try result.writeReport(of: model, to: report)
      page.tell()
    }
    if let csv = files.csv {
      try result.write(to: csv)
      Console.note("loss and bound by timestep: \(csv)")
    }
    if output.json {
      try Console.result(result)
    } else {
      for line in result.lines { try Console.result(line) }
    }
  }

  private struct Plan: Encodable {
    struct Images: Encodable { let missing: Int }
    struct Work: Encodable { let nfe: Int }
    let images: Images
    let evaluate: Work
  }
}

extension ReverseVariance: @retroactive ExpressibleByArgument {
  /// What may be asked for; others are learned.
  public static var allValueStrings: [String] { ["beta", "beta-tilde"] }

  /// Reads what a user writes.
  public init?(argument: String) {
    guard Self.allValueStrings.contains(argument) else { return nil }
    self.init(rawValue: argument)
  }
}
