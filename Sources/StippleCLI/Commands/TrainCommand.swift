import ArgumentParser
import Stipple
import SystemPackage

/// `stipple train`
struct TrainCommand: TrainingCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a diffusion model on PNG images.",
    usage: "stipple train IMAGES... -o RUN [options]",
    discussion: """
      RESUMING
        Run the same command again to resume from the latest valid checkpoint, or
        only `stipple train IMAGES -o RUN`, which keeps the run's settings. A larger
        --steps or --time extends the run. SIGINT (Ctrl-C), SIGTERM, SIGHUP, SIGUSR1
        or SIGXCPU stops after the current step and saves; a second one stops at once.

      PRESETS
      \(PresetTable.text)
        Cost: one training step on one 32 x 32 RGB image. auto is small, or tiny
        where --time is too short for small. The sides of images are multiples of 4,
        of ddpm, denoiser and restoration of 8.
        denoiser and restoration are for `stipple denoise` only. They default to
        random 64 x 64 crops with flips and rotations and --learning-rate 0.001.
        Both also imply --recipe ddpm, --ema-decay 0.999 and --weight-decay 0.
        denoiser is a diffusion model of Gaussian noise, with --noise-range 0..75,
        --loss-weighting min-snr and --min-snr-gamma 50; restoration learns to remove
        the noise of cameras, scanners and JPEG in one evaluation (--degradation,
        docs/degradation.md).

      RECIPES
        flow      The defaults of the options: flow matching (Lipman et al. 2023,
                  Esser et al. 2024), for minutes to hours on a CPU
        edm       --objective edm --schedule edm --timestep-sampling log-normal
                  (Karras et al. 2022)
        velocity  --objective velocity --schedule cosine (Salimans & Ho 2022)
        ddpm      --objective epsilon --schedule linear --learning-rate 0.0002
                  --lr-schedule constant --warmup 500 --augment 0 (Ho et al. 2020)
        Options override them. Without --recipe, each of these options implies ddpm:
      \(RecipeTable.implying)

      RUN FOLDER
        report.html (a page that shows the run), config.yaml, images.json,
        metrics.csv, performance.csv, timesteps.csv, quality.csv, log.txt,
        examples.png, checkpoints/, samples/
      """)

  @Argument(help: .images)
  var images: [FilePath] = []

  @Option(name: .shortAndLong, help: .text("Run folder.", "RUN"))
  var output: FilePath

  @OptionGroup var settings: TrainingOptions

  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Output") var logging: LoggingOptions
  @OptionGroup(title: "Output") var writing: OutputOptions
  @OptionGroup(title: "Advanced") var reading: ReadingOptions
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption

  func validate() throws { try checkFolder(output, of: "a run is kept") }

  func run() throws { try sharing.run(train) }

  private func train(_ processes: ProcessGroup) throws {
    let folder = RunFolder(output)
    var gate = OutputGate(
      overwriting: writing.overwrite, images: images, others: settings.flags.files)
    try gate.add("-o", run: folder, config: settings.run.config)
    try gate.check()
    let start = try settings.start(of: folder, by: processes)
    let resolved = try settings.resolved(for: folder, startingFrom: start)
    if images.isEmpty, resolved.replay == nil {
      throw ValidationError(
        "Missing expected argument 'IMAGES...': give PNG files or folders, or --replay")
    }
    let plan = try TrainingPlan(
      inputs: images, run: folder, settings: resolved,
      isStrict: reading.strict, start: start,
      implying: try settings.implyingRecipe(of: folder), maxPixels: reading.maxPixels,
      surveyTime: trial.dryRun ? .milliseconds(800) : nil,
      processes: processes)
    try train(
      plan, in: folder, gate, keepingConfiguration: folder.isConfiguration(settings.run.config))
  }
}

/// What a training writes on request.
struct LoggingOptions: ParsableArguments {
  @Flag(help: "Also write TensorBoard event files to RUN/tensorboard.")
  var tensorboard = false

  @OptionGroup var pictures: PreviewOption
}

/// A command that trains, or with `--dry-run` tells what it would do.
protocol TrainingCommand: ParsableCommand, SharingCommand {
  var output: FilePath { get }
  var trial: DryRunOption { get }
  var logging: LoggingOptions { get }
  var writing: OutputOptions { get }
  var reading: ReadingOptions { get }
}

extension TrainingCommand {
  /// Trains as planned, with all that is told of it.
  func train(
    _ plan: TrainingPlan, in folder: RunFolder, _ gate: OutputGate,
    keepingConfiguration: Bool = false
  ) throws {
    let processes = plan.processes
    var plan = plan
    if processes.isFirst { for line in plan.summary { Console.note(line) } }
    if trial.dryRun { return try processes.isFirst ? describe(plan) : () }
    if processes.isFirst, writing.overwrite, try !folder.checkpointSteps().isEmpty {
      Console.note(
        "--overwrite does not restart training: resuming \(output); for a new run, give another folder"
      )
    }
    if processes.isFirst { gate.removeForeignParts() }
    Interrupts.listen()
    try plan.checkMemory()
    if processes.isFirst, try folder.settings() == nil {
      if plan.isWorthEstimating { plan.estimated = try plan.estimate() }
      tellOutlook(of: plan)
    }
    let outcome = try trained(plan, in: folder, keepingConfiguration: keepingConfiguration)
    if processes.isFirst { try tell(outcome, of: plan) }
    if outcome.wasInterrupted { try Interrupts.exitIfRequested(by: processes) }
    if outcome.unreadableImages > 0 { throw ExitCode(3) }
  }

  private func tell(_ outcome: TrainingOutcome, of plan: TrainingPlan) throws {
    Console.note(
      outcome.wasInterrupted
        ? "stopped after \(progress(outcome.step, of: plan)); run the same command again to resume"
        : "\(counted(outcome.step, "step")) in \(Progress.duration(outcome.seconds)); next: "
          + NextStep.command(output, plan.configuration))
    if writing.json { try Console.result(TrainingReport(output, outcome, plan)) }
  }

  /// "12 of 20000 steps", or "12 steps" where a time ends the run.
  private func progress(_ step: Int, of plan: TrainingPlan) -> String {
    plan.settings.lastStep.map { "\(step) of \(counted($0, "step"))" } ?? counted(step, "step")
  }

  private func trained(
    _ plan: TrainingPlan, in folder: RunFolder, keepingConfiguration: Bool
  ) throws -> TrainingOutcome {
    let progress = ProgressBox(
      plan.settings, Preview(isAsked: logging.pictures.preview && plan.processes.isFirst))
    defer { progress.end() }
    return try Trainer(
      plan, run: folder, isStrict: reading.strict,
      keepsConfiguration: keepingConfiguration, writesTensorBoard: logging.tensorboard
    ) { progress.show($0) }
    .run { Interrupts.isRequested }
  }

  private func describe(_ plan: TrainingPlan) throws {
    var plan = plan
    let resumed = try Trainer.resumption(plan, in: RunFolder(output))
    if let resumed {
      let steps = progress(resumed.step, of: plan)
      Console.note(
        resumed.hasEnded
          ? "\(output): the run has already ended after \(steps); nothing is left to do"
          : "\(output): would resume after \(steps)")
    } else if try RunFolder(output).hasSteps {
      Console.note("\(output): has no checkpoint; training would start again from step 0")
    }
    let estimate = try plan.estimate()
    plan.estimated = estimate
    tellOutlook(of: plan, from: resumed)
    let trades = plan.memoryTrades
    if !trades.isEmpty { Console.note("less memory: " + less(trades)) }
    if writing.json {
      try Console.result(
        TrainingReport(output, plan, estimate))
    }
    try plan.checkMemory()
    if resumed?.hasEnded != true { try plan.requireSpace(in: RunFolder(output)) }
    if plan.unreadable > 0 { throw ExitCode(3) }
  }

  /// What was chosen and why, what the run takes, and what may be wrong.
  private func tellOutlook(of plan: TrainingPlan, from resumed: Trainer.Resumption? = nil) {
    for line in plan.outlook { Console.note(line) }
    guard let estimate = plan.estimated, resumed?.hasEnded != true else { return }
    Console.note(time(plan.settings, estimate, after: resumed))
    if resumed == nil { judge(plan, estimate) }
  }

  /// "with --memory 900M steps take about 1 % longer, 600M 4 %".
  private func less(_ trades: [MemoryTrade]) -> String {
    trades.enumerated().map { index, trade in
      (index == 0
        ? "with --memory \(trade.memory) steps take about \(trade.slowdownText) longer"
        : "\(trade.memory) \(trade.slowdownText)")
        + (trade.batchParts > 1 ? " with batches in \(trade.batchParts) parts" : "")
    }.joined(separator: ", ")
  }

  /// Names what people do instead, where the run would take too long.
  private func judge(_ plan: TrainingPlan, _ estimate: TrainingEstimate) {
    guard estimate.isTooLong else { return }
    let size = plan.configuration.images
    let all = Progress.duration(estimate.secondsPerStep * Double(estimate.steps))
    Console.note(
      "Training \(plan.settings.preset) on images of \(size.width) x \(size.height) pixels would take "
        + "about \(all) for \(estimate.steps) steps, and \(Machine.amount(plan.plannedBytes)) of memory. "
        + "Instead, use:")
    let width = estimate.alternatives.map(\.flags.count).max() ?? 0
    for other in estimate.alternatives {
      let space = String(repeating: " ", count: width - other.flags.count)
      Console.note(
        "  \(other.flags)\(space)  about \(Progress.duration(other.seconds)): \(other.meaning)")
    }
  }

  /// How long the run will take, or what is left of it, or how far it will come.
  private func time(
    _ settings: TrainingSettings, _ estimate: TrainingEstimate, after resumed: Trainer.Resumption?
  ) -> String {
    let each = estimate.secondsPerStep
    let rate = each <= 1 ? rounded(1 / each) + " steps/s" : rounded(each) + " s/step"
    let pace = "\(rate) here\(estimate.isRough ? ", roughly" : "")"
    if let time = settings.time, settings.steps == nil {
      let left = max(0, time.seconds - (resumed?.seconds ?? 0))
      return "\(pace): about \(Int(min(left / each, 1e15)))"
        + (resumed == nil ? " steps in \(time)" : " more steps in \(Progress.duration(left))")
    }
    let steps = max(0, estimate.steps - (resumed?.step ?? 0))
    return "\(pace): about \(Progress.duration(Double(steps) * each)) for "
      + (resumed == nil ? counted(steps, "step") : counted(steps, "more step"))
  }

  private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
