internal import Checkpoints
internal import Compiler
internal import Diffusion
internal import Distributed
internal import Files
internal import Graph
internal import Images
internal import Networks
internal import SystemPackage

/// The state of a training run between steps, with everything that its steps need.
final class TrainingSession {
  /// Steps in a row that may be without a finite loss and gradient.
  private static let mostSkipped = 10
  /// Checkpoints in a row that may fail.
  private static let mostFailures = 3

  private let folder: RunFolder
  private let settings: TrainingSettings
  private let journal: RunJournal
  private let checkpoints: CheckpointKeeper
  private let optimizer: AdamW
  private let averages: RunningAverages?
  private let shards: ParameterShards
  private let step: TrainingStep
  private let validation: ValidationLoss?
  private let batches: TrainingBatches
  private let recorder: StepRecorder?
  private let metrics: TrainingMetrics
  private let ranks: any Communicator

  /// Where the run stands, and where it stood when the session began.
  private(set) var state: TrainingState
  let first: TrainingState
  /// When the session began.
  private let start: Duration
  /// For other processes, in their mean.
  private var secondsWaited = 0.0
  /// The validation loss, where this step was measured.
  private var measured: Double?
  private var failures = 0
  private var savedStep: Int
  /// Where this process last had all moments and averages.
  private var gatheredStep: Int
  private var areMetricsBehind = false

  init(
    _ plan: TrainingPlan, _ images: Dataset?, in folder: RunFolder, from state: TrainingState,
    isStrict: Bool,
    _ optimizer: AdamW, _ averages: RunningAverages?, _ shards: ParameterShards,
    _ checkpoints: CheckpointKeeper, _ journal: RunJournal
  ) throws {
    self.folder = folder
    settings = plan.settings
    self.journal = journal
    self.checkpoints = checkpoints
    self.optimizer = optimizer
    self.averages = averages
    self.shards = shards
    self.state = state
    first = state
    savedStep = state.step
    gatheredStep = state.step
    self.state.trainingImages = plan.exampleCount
    let schedule = try NoiseSchedule(plan.configuration.schedule)
    ranks = plan.processes.communicator
    metrics = try TrainingMetrics(
      ranks.isFirst ? folder : nil, keepingUpTo: state.step, after: checkpoints.losses,
      journal.clocks,
      showing: Folders.isFolder(folder.tensorBoard) ? plan.settings : nil)
    if let missing = metrics.missingRows {
      let steps =
        missing.count == 1
        ? "step \(missing.lowerBound)" : "steps \(missing.lowerBound) to \(missing.upperBound)"
      journal.note("\(folder.metrics): has no rows of \(steps); it goes on after them")
    }
    step = try TrainingStep(
      plan.configuration, plan.computed, schedule, optimizer: optimizer, ranks: ranks,
      clocks: journal.clocks, moments: checkpoints.moments,
      recomputing: plan.memory.recomputation)
    validation = try ValidationLoss(
      plan, schedule, parameters: optimizer.average, isStrict: isStrict,
      journal)
    if ranks.isFirst { try folder.removeFiles(after: state.step) }
    recorder = ranks.isFirst ? try StepRecorder(plan, schedule, in: folder) : nil
    batches = TrainingBatches(
      plan, images, from: state.step * settings.batch * settings.accumulate,
      BatchShare(batch: plan.computed.batch, of: ranks), isStrict: isStrict, journal)
    start = journal.clocks.elapsed()
  }

  /// Whether the run has come to its end.
  var isFinished: Bool { settings.isFinished(state) }

  /// The part of the session's time that processes have waited for each other, in their mean; nil of one
  /// process.
  var waitingShare: Double? {
    ranks.size == 1 ? nil : secondsWaited / max(state.seconds - first.seconds, 1e-9)
  }

  /// Whether this step belongs to those at which every run is measured and saved.
  private var isAtInterval: Bool { state.step % settings.checkpointEvery == 0 }

  var isCheckpointDue: Bool { isAtInterval || isFinished }

  /// Whether the running averages are to be kept as they are after this step.
  var isSnapshotDue: Bool {
    let interval = settings.snapshotEvery
    return interval > 0 && (state.step % interval == 0 || isFinished)
  }

  /// Ends the reading ahead, and writes what rows there are.
  func close() {
    batches.stop()
    flushMetrics { try metrics.flush() }
  }
}

// What is done in a step.
extension TrainingSession {
  /// Draws examples, computes, and updates the weights and their averages, or leaves all as it was
  /// where the loss or its gradient is not finite.
  func makeStep() throws -> TrainingStep.Result {
    let isRecorded = recorder?.recording.includes(state.step + 1) ?? false
    var taken: NoisedExamples?
    let result: TrainingStep.Result
    do {
      result = try step(state.step, seconds: state.seconds) { examples in
        guard isRecorded else { return }
        taken?.append(examples.seen)
        taken = taken ?? examples.seen
      } batch: { _ in
        try batches.next()
      }
    } catch {
      // The step has changed nothing yet: the ones before it are not to be lost.
      try saveIfBehind()
      throw error
    }
    if result.isFinite { averages?.update(with: optimizer.parameters, step: optimizer.step) }
    state.step += 1
    state.imagesSeen += settings.batch * settings.accumulate
    // One clock for all.
    let seconds = first.seconds + (journal.clocks.elapsed() - start).seconds
    let sums = ranks.sums([ranks.isFirst ? seconds : 0, step.timeWaited.seconds])
    (state.seconds, secondsWaited) = (sums[0], sums[1] / Double(ranks.size))
    state.skippedSteps += result.isFinite ? 0 : 1
    state.skippedInARow = result.isFinite ? 0 : state.skippedInARow + 1
    if let taken { keep(taken) }
    return result
  }

  /// Measures where it is time to, and adds the step to the tables and the history.
  ///
  /// - Throws: `TrainingError.notFinite` at the end of a row of steps that changed nothing.
  func record(_ result: TrainingStep.Result) throws {
    if isCheckpointDue { gather() }
    measured = isCheckpointDue ? try measure() : nil
    // A stop at another step leaves no trace in the rows.
    metrics.append(state, result, validation: isAtInterval ? measured : nil)
    if result.isFinite { checkpoints.record(state.step, loss: result.loss) }
    journal.show(progress)
    if !result.isFinite {
      journal.note(
        "step \(state.step): the loss or its gradient is not finite; step skipped")
    }
    flushMetrics { try metrics.flushNowAndThen() }
    if state.skippedInARow >= Self.mostSkipped {
      throw TrainingError.notFinite(folder.path, steps: state.skippedInARow)
    }
  }

  /// Has this process have all weights, moments and averages of this step, as all processes together have
  /// them.
  func gather() {
    step.finish()
    if gatheredStep != state.step { checkpoints.gather(over: shards) }
    gatheredStep = state.step
  }

  /// Gives the memory of the step to others, until the next one.
  func rest() { step.program.release() }

  private func measure() throws -> Double? {
    guard let validation else { return nil }
    rest()
    let loss = try validation()
    validation.rest()
    guard loss.isFinite else {
      journal.note("step \(state.step): the validation loss is not finite")
      return nil
    }
    state.validationLoss = loss
    return loss
  }

  private var progress: TrainingEvent.Progress {
    .init(
      step: state.step, steps: settings.lastStep, seconds: state.seconds,
      time: settings.time?.seconds, loss: metrics.recentLoss,
      imagesPerSecond: Double(state.imagesSeen - first.imagesSeen)
        / max(state.seconds - first.seconds, 1e-9))
  }
}

// What is written.
extension TrainingSession {
  /// Writes a checkpoint. A failure is reported, and the write is tried again when the next one is due.
  ///
  /// - Parameter isLast: whether none will be due.
  /// - Throws: `TrainingError.checkpointsFail` after the third failure in a row or for the last one;
  ///   `weightsNotFinite`.
  func save(isLast: Bool = false) throws {
    metrics.appendPerformance(
      state, waited: batches.timeWaited, waitingShare: waitingShare, since: first)
    flushMetrics { try metrics.flush() }
    gather()
    var saved = state
    if let loss = measured, loss < state.best?.validationLoss ?? .infinity {
      saved.best = .init(step: state.step, validationLoss: loss)
    }
    do {
      if ranks.isFirst { try checkpoints.save(saved, moments: step.moments) }
    } catch let error as TrainingError {
      throw error
    } catch {
      failures += 1
      if isLast || failures == Self.mostFailures {
        throw TrainingError.checkpointsFail(
          folder.path, failures, newest: try? folder.checkpointSteps().last, cause: "\(error)")
      }
      return journal.note("\(error); training continues and retries at the next checkpoint")
    }
    state = saved
    savedStep = state.step
    failures = 0
    journal.note(description)
  }

  /// Writes the last checkpoint of the session, where there is none of this step.
  func saveIfBehind() throws {
    if savedStep != state.step { try save(isLast: true) }
  }

  /// Writes a snapshot of the running averages. A failure is reported and does not end the run.
  func saveSnapshot() {
    gather()
    do {
      if ranks.isFirst { try checkpoints.saveSnapshot(state) }
    } catch {
      journal.note("\(error); training continues without this snapshot")
    }
  }

  /// Writes what the network was given in this step. A failure is reported and does not end the
  /// run.
  private func keep(_ examples: NoisedExamples) {
    do {
      try recorder?.write(examples, step: state.step)
    } catch {
      journal.note("\(error); training continues without recording step \(state.step)")
    }
  }

  private var description: String {
    let loss = metrics.hasLoss ? "loss \(rounded(metrics.recentLoss))" : "no finite loss yet"
    var text = "step \(state.step): \(loss)"
    if let loss = measured { text += ", validation \(rounded(loss))" }
    return text + ", saved \(folder.checkpoint(step: state.step).lastComponent?.string ?? "")"
  }

  private func rounded(_ value: Double) -> String { "\((value * 1e5).rounded() / 1e5)" }

  /// Rows that cannot be written are reported once, and kept until they can be.
  private func flushMetrics(_ flush: () throws -> Void) {
    do {
      try flush()
      areMetricsBehind = false
    } catch {
      if !areMetricsBehind { journal.note("\(error); training continues and retries") }
      areMetricsBehind = true
    }
  }
}
