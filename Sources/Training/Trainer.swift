public import Checkpoints
internal import Compiler
internal import Distributed
public import Files
internal import Graph
internal import Networks
internal import Reports
internal import SystemPackage
internal import Text

/// Trains a network on a folder of images, in a run folder that the same command goes on with.
public final class Trainer {
  private let plan: TrainingPlan
  private let folder: RunFolder
  private let isStrict: Bool
  private let keepsConfiguration: Bool
  private let writesTensorBoard: Bool
  private let clocks: Clocks
  private let report: @Sendable (TrainingEvent) -> Void

  /// A trainer for a planned run.
  ///
  /// - Parameters:
  ///   - isStrict: whether an unreadable image ends the run.
  ///   - keepsConfiguration: whether a `config.yaml` that is in the run folder stays as it is.
  ///   - writesTensorBoard: whether `tensorboard/` in the run folder is begun; where it is there, it is
  ///     always continued.
  ///   - clocks: what tells the time.
  ///   - report: called with each event, on the thread that trains or on one that reads images.
  public init(
    _ plan: TrainingPlan, run: RunFolder, isStrict: Bool = false,
    keepsConfiguration: Bool = false, writesTensorBoard: Bool = false, clocks: Clocks = .system,
    report: @escaping @Sendable (TrainingEvent) -> Void
  ) {
    self.plan = plan
    folder = run
    self.isStrict = isStrict
    self.keepsConfiguration = keepsConfiguration
    self.writesTensorBoard = writesTensorBoard
    self.clocks = clocks
    self.report = report
  }

  /// Trains until the run's end, or until `shouldStop` says so after a step; then all is saved.
  ///
  /// - Throws: `MemoryShortage` before any work where the memory does not suffice; `TrainingError`, or what
  ///   else ended the run; the checkpoints are as they were.
  public func run(shouldStop: () -> Bool = { false }) throws -> TrainingOutcome {
    try plan.checkMemory()
    var lock: RunLock?
    defer { lock?.release() }
    var before: TrainingSettings?
    var earlier: [FilePath]?
    // The first process decides and writes; the others compute.
    try ranks.first {
      try folder.makeFolders()
      if writesTensorBoard { try Folders.make(folder.tensorBoard) }
      lock = try RunLock(folder)
      folder.removeAbandoned()
      before = try RunSettings.settle(
        plan.settings, in: folder, keepingConfiguration: keepsConfiguration)
      earlier = try folder.recordedImages()
      try folder.record(images: plan.inputs)
    }
    let start = clocks.elapsed()
    try folder.requireSeen(by: ranks) { clocks.elapsed() - start > .seconds(30) }
    let journal = try RunJournal(
      folder.log, rank: ranks.rank, unreadableImages: plan.unreadable, clocks: clocks,
      report)
    if try folder.settingsFile == folder.fullConfiguration {
      journal.note(
        "\(folder.configuration) is kept; all settings are in \(folder.fullConfiguration)")
    }
    let pages = RunPages(folder, isWriting: ranks.isFirst, journal)
    do {
      let outcome = try train(
        journal, pages, before: before, imagesBefore: earlier, shouldStop)
      journal.log(
        (outcome.wasInterrupted ? RunReport.stopPrefix : RunReport.endPrefix)
          + counted(outcome.step, "step"))
      pages.write(isLast: true)
      return outcome
    } catch {
      journal.log("\(RunReport.failurePrefix)\(error)")
      pages.write(isLast: true, tellsFailure: false)
      throw error
    }
  }

  /// Makes sure that the run that is there, if any, can go on as planned. Nothing is written.
  ///
  /// - Returns: where it goes on; nil of a new run.
  public static func resumption(_ plan: TrainingPlan, in folder: RunFolder) throws -> Resumption? {
    guard try RunSettings.check(plan.settings, in: folder) != nil,
      let newest = try folder.wholeCheckpoint(after: 0)?.path,
      let state = try CheckpointConfiguration(CheckpointFile(opening: newest)).run
    else { return nil }
    return Resumption(
      step: state.step, seconds: state.seconds, hasEnded: plan.settings.isFinished(state))
  }

  /// Where a run goes on.
  public struct Resumption: Sendable {
    /// Steps that it has made.
    public let step: Int
    /// For which it has trained.
    public let seconds: Double
    /// Whether nothing is left to be done.
    public let hasEnded: Bool
  }

  private var ranks: any Communicator { plan.processes.communicator }

  /// - Parameters:
  ///   - before: the settings with which the run was left; nil of a new run.
  ///   - earlier: the files and folders that it was trained on; nil where nothing says so.
  private func train(
    _ journal: RunJournal, _ pages: RunPages, before: TrainingSettings?,
    imagesBefore earlier: [FilePath]?, _ shouldStop: () -> Bool
  ) throws -> TrainingOutcome {
    // Build.
    let parameters = try ParameterStore(
      plan.configuration.network.parameters, on: Machine.backend)
    if let teacher = plan.teacher {
      parameters.copy(from: teacher.parameters)
    } else {
      parameters.initialize(seed: plan.settings.seed)
      plan.start?.give(to: parameters)
    }
    let shards = ParameterShards(parameters.layout, among: ranks)
    let optimizer = try AdamW(
      parameters, .init(weightDecay: Float(plan.settings.weightDecay)), own: shards.own)
    let averages =
      plan.settings.snapshotEvery > 0 ? try RunningAverages(of: parameters, own: shards.own) : nil
    let checkpoints = CheckpointKeeper(folder, plan, optimizer, averages, journal)

    // Resume.
    let state = try ranks.share { try resume(checkpoints, journal, imagesBefore: earlier) }
    try checkpoints.share(state, from: ranks)
    let images = plan.trainingImages
    var quality: SampleQuality?
    try ranks.first {
      quality = try SampleQuality(plan, images, in: folder, keepingUpTo: state.step)
    }
    let samples = SampleSheet(
      folder: folder, plan: plan, average: optimizer.average, journal: journal, quality: quality)
    if let change = before.flatMap({ plan.settings.changeOfEnd(from: $0, at: state) }) {
      journal.note(change)
    }
    let isMissing = try ranks.share { try samples.isMissing(state) }
    let isDrawn = !isMissing || draw(samples, step: state.step, shouldStop)
    // A step more, and nothing would make up for the picture.
    if !isDrawn { return outcome(state, since: state, isStopped: true, journal) }
    if plan.settings.isFinished(state) || isGoodEnough(samples) {
      journal.note("the run has already ended after \(counted(state.step, "step"))")
      return outcome(state, since: state, isStopped: false, journal)
    }
    try ranks.first { try plan.requireSpace(in: folder) }
    if ranks.isFirst { showExamples(isNew: state.step == 0, journal) }
    let session = try TrainingSession(
      plan, images, in: folder, from: state, isStrict: isStrict, optimizer, averages, shards,
      checkpoints,
      journal)
    defer { session.close() }

    // Draw, compute, update, average; log; save.
    var isStopped = false
    repeat {
      let result = try session.makeStep()
      do {
        try session.record(result)
      } catch let error as ComputeError {
        try session.saveIfBehind()
        throw error
      }
      isStopped = !session.isFinished && ranks.any(shouldStop())
      // Before the checkpoint, from which the snapshot would not be made up for.
      if session.isSnapshotDue { session.saveSnapshot() }
      let isSaved = session.isCheckpointDue || isStopped
      if isSaved { try session.save(isLast: session.isFinished || isStopped) }
      if samples.isDue(session.state), !isStopped {
        session.gather()
        session.rest()
        if !draw(samples, step: session.state.step, shouldStop) {
          isStopped = true
          // The next session is to begin where the picture is missing.
          try session.saveIfBehind()
        }
        if isGoodEnough(samples) {
          try session.saveIfBehind()
          journal.note(
            "samples have come less than 2 % nearer to the images over the last "
              + "\(SampleQuality.patience) sample sheets: the run ends here")
          break
        }
      }
      if isSaved, !session.isFinished, !isStopped { pages.write() }
    } while !session.isFinished && !isStopped
    // A run too short for that many of them has learned nothing either.
    let skipped = session.state.skippedInARow
    if session.isFinished, skipped > 0, 2 * skipped >= session.state.step {
      throw TrainingError.notFinite(folder.path, steps: skipped)
    }
    return outcome(
      session.state, since: session.first, isStopped: isStopped, journal,
      waitingShare: session.waitingShare)
  }

  /// Whether the run is to end since its samples become no better.
  private func isGoodEnough(_ samples: SampleSheet) -> Bool {
    plan.settings.untilGood && ranks.any(samples.quality?.hasLevelledOff ?? false)
  }

  /// Draws a picture; false on all processes where it was stopped.
  private func draw(_ samples: SampleSheet, step: Int, _ shouldStop: () -> Bool) -> Bool {
    !ranks.any(!samples.draw(step: step, shouldStop: shouldStop))
  }

  /// Writes a picture of the images that are trained on, where there is none. A failure does not end the run.
  private func showExamples(isNew: Bool, _ journal: RunJournal) {
    do {
      if try !isNew && Folders.exists(folder.examples) { return }
      try ExampleSheet(plan: plan).write(to: folder)
    } catch {
      journal.note("\(error); training continues without this picture")
    }
  }

  /// The newest checkpoint's state, or that of a new run.
  private func resume(
    _ checkpoints: CheckpointKeeper, _ journal: RunJournal, imagesBefore earlier: [FilePath]?
  ) throws -> TrainingState {
    let count = plan.exampleCount
    let digest = plan.imagesDigest
    guard var state = try checkpoints.resume() else {
      journal.note(
        try folder.hasSteps
          ? "\(folder.path): has no checkpoint; training starts again from step 0"
          : "new run in \(folder.path)")
      for line in plan.summary + plan.outlook { journal.log(line) }
      logImages(journal)
      return TrainingState(trainingImages: count, imagesDigest: digest)
    }
    logImages(journal)
    if state.trainingImages != count {
      let examples = plan.noised == nil ? "images" : "recorded examples"
      journal.note(
        "the \(examples) have changed: there were \(state.trainingImages) to train on, "
          + "now there are \(count)")
    } else if let change = try changeOfPlace(from: earlier) {
      journal.note(change)
    } else if let before = state.imagesDigest, before != digest {
      journal.note("the images have changed: some have other names or other sizes in bytes")
    }
    state.imagesDigest = digest
    return state
  }

  /// Where the images were and where they are now, as `images.json` says; nil where that is the same, or it does not.
  private func changeOfPlace(from earlier: [FilePath]?) throws -> String? {
    guard !plan.inputs.isEmpty, let earlier, let now = try folder.recordedImages(), now != earlier,
      Set(now.map { Place($0).path }) != Set(earlier.map { Place($0).path })
    else { return nil }
    func list(_ paths: [FilePath]) -> String { Readable.list(paths.map(\.string)) }
    return "the images have changed: they were from \(list(earlier)), "
      + "now they are from \(list(now))"
  }

  /// Writes down where the images are, as words of a command.
  private func logImages(_ journal: RunJournal) {
    if plan.inputs.isEmpty { return }
    let words = plan.inputs.map { ShellWord.quoted($0.string) }
    journal.log(RunReport.imagesPrefix + words.joined(separator: " "))
  }

  private func outcome(
    _ state: TrainingState, since first: TrainingState, isStopped: Bool, _ journal: RunJournal,
    waitingShare: Double? = nil
  ) -> TrainingOutcome {
    return TrainingOutcome(
      step: state.step, stepsNow: state.step - first.step, seconds: state.seconds,
      validationLoss: state.validationLoss, wasInterrupted: isStopped,
      unreadableImages: journal.unreadableImages,
      waitingShare: waitingShare)
  }
}
