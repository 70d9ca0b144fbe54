internal import Compute
internal import Diffusion
internal import Files
internal import Images
internal import Networks
internal import PNGCodec
internal import SystemPackage

/// Trains a network on a folder of images, in a run folder that the same command goes on with.
public final class Trainer {
  private let plan: TrainingPlan
  private let folder: RunFolder
  private let isStrict: Bool
  private let report: @Sendable (TrainingEvent) -> Void
  private let settings: TrainingSettings
  private let configuration: ModelConfiguration
  private let schedule: NoiseSchedule
  /// Steps in a row that may be without a finite loss or gradient.
  private static let mostNotFinite = 10
  /// Checkpoints in a row that may fail.
  private static let mostFailures = 3

  /// - Parameters:
  ///   - isStrict: whether an unreadable image ends the run.
  ///   - report: is told what happens, on the thread that trains or on one that reads images.
  public init(
    _ plan: TrainingPlan, run: RunFolder, isStrict: Bool = false,
    report: @escaping @Sendable (TrainingEvent) -> Void
  ) throws {
    self.plan = plan
    folder = run
    self.isStrict = isStrict
    self.report = report
    settings = plan.settings
    configuration = plan.configuration
    schedule = try NoiseSchedule(configuration.schedule)
  }

  /// Trains until the run's end, or until `shouldStop` says so after a step.
  public func run(shouldStop: () -> Bool = { false }) throws -> TrainingOutcome {
    try folder.prepare()
    let lock = try RunLock(folder)
    defer { withExtendedLifetime(lock) {} }
    try RunSettings.settle(settings, in: folder)
    let log = try RunLog(folder.log)
    let unreadable = Counter(plan.unreadable)
    let report = report
    @Sendable func note(_ text: String) {
      log.append(text)
      report(.note(text))
    }

    // Build.
    let parameters = ParameterStore(configuration.network.parameters)
    parameters.initialise(seed: settings.seed)
    let optimizer = AdamW(parameters, .init(weightDecay: Float(settings.weightDecay)))
    let checkpoints = CheckpointKeeper(folder, configuration, settings, optimizer)

    // Resume.
    var state = try checkpoints.resume(note) ?? RunState()
    if state.step == 0 { note("a new run in \(folder.path)") }
    if isFinished(state, elapsed: state.seconds) {
      note("the run has already ended after \(state.step) steps")
      return outcome(state, state.step, interrupted: false, unreadable.value)
    }
    let metrics = try TrainingMetrics(folder, schedule: schedule, keepingUpTo: state.step)
    let step = TrainingStep(configuration, settings, schedule, optimizer: optimizer)
    let validation = try ValidationLoss(
      plan.validation, plan.dataset, configuration, schedule, parameters: optimizer.average,
      settings: settings)
    let source = BatchSource(
      plan.dataset(plan.training), seed: settings.seed, flips: settings.flip, isStrict: isStrict
    ) { error in
      unreadable.increment()
      note("left out: \(error)")
    }
    let batches = Prefetcher(
      source, count: settings.batch,
      from: state.step * settings.batch * settings.accumulate)
    let first = state
    let clock = ContinuousClock()
    let start = clock.now
    var notFinite = 0
    var failures = 0
    var savedStep = state.step
    var stopped = false

    while true {
      // Draw, compute, update.
      let result = try step(state.step) { _ in try batches.next().values }
      state.step += 1
      state.imagesSeen += settings.batch * settings.accumulate
      state.seconds = first.seconds + (clock.now - start).seconds
      guard result.isFinite else {
        notFinite += 1
        state.skippedSteps += 1
        note("step \(state.step): the loss or its gradient is not finite; nothing was changed")
        if notFinite == Self.mostNotFinite {
          throw TrainingError.notFinite(folder.path, steps: notFinite)
        }
        continue
      }
      notFinite = 0

      // Measure and save.
      stopped = shouldStop()
      let isLast = stopped || isFinished(state, elapsed: state.seconds)
      let isDue = state.step % settings.checkpointEvery == 0 || isLast
      if isDue { state.validationLoss = validation?() }
      metrics.append(state, result, validation: isDue ? state.validationLoss : nil)
      checkpoints.record(
        state.step, loss: result.loss, validation: isDue ? state.validationLoss : nil)
      report(.step(progress(state, since: first, metrics.recentLoss)))
      if isDue {
        try metrics.flush(state, waited: batches.timeWaited, since: first)
        do {
          try checkpoints.save(state)
          savedStep = state.step
          failures = 0
          note(describe(state, result))
        } catch {
          failures += 1
          note("\(error); the run goes on and tries again")
          if failures == Self.mostFailures || isLast {
            throw TrainingError.checkpointsFail(folder.path, cause: "\(error)")
          }
        }
      }
      let drawsSample = settings.sampleEvery > 0 && state.step % settings.sampleEvery == 0
      if drawsSample || (isLast && !stopped && settings.sampleEvery > 0) {
        try drawSample(optimizer.average, state.step)
      }
      if isLast { break }
    }
    batches.stop()
    precondition(savedStep == state.step, "the run ends with a checkpoint")
    return outcome(state, first.step, interrupted: stopped, unreadable.value)
  }

  private func isFinished(_ state: RunState, elapsed: Double) -> Bool {
    if let steps = settings.steps, state.step >= steps { return true }
    if let time = settings.time, elapsed >= time.seconds { return true }
    return settings.steps == nil && settings.time == nil
      && state.step >= TrainingSettings.standardSteps
  }

  /// A grid of images by the averaged weights, the same seeds every time.
  private func drawSample(_ average: ParameterStore, _ step: Int) throws {
    var drawing = GenerationSettings()
    drawing.steps = min(25, schedule.timesteps)
    let model = try DiffusionModel(
      configuration, parameters: average, step: step, fingerprint: "")
    let generator = try Generator(model, drawing, threads: settings.threads)
    let size = configuration.images
    let count = size.width * size.height <= 64 * 64 ? 36 : 16
    var images: [PixelImage] = []
    for first in stride(from: 0, to: count, by: settings.batch) {
      let indices = Array(first..<min(first + settings.batch, count))
      images += Pixels.images(
        try generator.images(indices), width: size.width, height: size.height, format: plan.format)
    }
    try PNGWriter.write(ImageGrid.arrange(images), to: folder.sample(step: step))
  }

  private func progress(_ state: RunState, since first: RunState, _ loss: Double)
    -> TrainingEvent.Progress
  {
    .init(
      step: state.step, steps: settings.steps, seconds: state.seconds,
      time: settings.time?.seconds, loss: loss,
      imagesPerSecond: Double(state.imagesSeen - first.imagesSeen)
        / max(state.seconds - first.seconds, 1e-9))
  }

  private func describe(_ state: RunState, _ result: TrainingStep.Result) -> String {
    var text = "step \(state.step): loss \(rounded(result.loss))"
    if let validation = state.validationLoss { text += ", validation \(rounded(validation))" }
    return text + ", saved \(folder.checkpoint(step: state.step).lastComponent?.string ?? "")"
  }

  private func rounded(_ value: Double) -> String { "\((value * 1e5).rounded() / 1e5)" }

  private func outcome(
    _ state: RunState, _ firstStep: Int, interrupted: Bool, _ unreadable: Int
  ) -> TrainingOutcome {
    TrainingOutcome(
      step: state.step, stepsNow: state.step - firstStep, seconds: state.seconds,
      validationLoss: state.validationLoss, wasInterrupted: interrupted,
      unreadableImages: unreadable)
  }
}

/// Where a run is.
struct RunState: Codable, Equatable {
  var step = 0
  var imagesSeen = 0
  /// Of training, in all sessions.
  var seconds = 0.0
  /// Steps that were not finite and changed nothing.
  var skippedSteps = 0
  var validationLoss: Double?
}
