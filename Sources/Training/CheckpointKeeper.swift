internal import Checkpoints
internal import Compiler
internal import Diffusion
internal import Distributed
internal import Files
import Foundation
internal import Graph
internal import SystemPackage
internal import Text

/// Writes a run's checkpoints, finds the newest good one, and removes those that are no longer
/// wanted.
final class CheckpointKeeper {
  private let folder: RunFolder
  private let configuration: ModelConfiguration
  private let settings: TrainingSettings
  private let optimizer: AdamW
  private let averages: RunningAverages?
  private let journal: RunJournal
  /// The losses that timesteps are drawn by, as the last checkpoint has them; nil where they are not.
  private(set) var moments: LossSecondMoments?
  private var history = TrainingHistory(columns: ["loss": []])

  init(
    _ folder: RunFolder, _ plan: TrainingPlan, _ optimizer: AdamW, _ averages: RunningAverages?,
    _ journal: RunJournal
  ) {
    self.folder = folder
    configuration = plan.configuration
    settings = plan.settings
    self.optimizer = optimizer
    self.averages = averages
    self.journal = journal
    if settings.timestepSampling == .importance {
      moments = LossSecondMoments(timesteps: settings.timesteps)
    }
  }

  private var parts: [(part: CheckpointFile.Part, store: ParameterStore)] {
    [
      (.model, optimizer.parameters), (.average, optimizer.average),
      (.firstMoment, optimizer.firstMoment), (.secondMoment, optimizer.secondMoment),
    ] + (averages?.all.map { ($0.part, $0.store) } ?? [])
  }

  /// The finite losses of the steps so far; of processes but the first those of their session.
  var losses: [Double] { history.columns["loss"] ?? [] }

  /// Remembers a step for the checkpoint's history, which holds finite numbers only.
  func record(_ step: Int, loss: Double) {
    guard loss.isFinite else { return }
    history.steps.append(step)
    history.columns["loss", default: []].append(loss)
  }
}

// Going on.
extension CheckpointKeeper {
  /// Loads the newest checkpoint that is whole; nil where the run has none.
  ///
  /// A broken one is reported, and set aside under the name `….h5.broken`.
  ///
  /// - Throws: `RunError.cannotContinue` where a good checkpoint has a different network or all
  ///   are broken; whatever keeps a checkpoint from being opened that need not be broken.
  func resume() throws -> TrainingState? {
    for found in try folder.checkpointsByState() where found.named != found.step {
      correctName(found)
    }
    let good = try folder.newestGood(
      of: folder.checkpointsByState(), { path in (name: name(path), state: try load(path)) },
      onDamage: setAside)
    if let good {
      var state = good.state
      if let best = state.best, try !Folders.exists(folder.checkpoint(step: best.step)) {
        state.best = nil
      }
      journal.note("resuming from \(good.name), \(counted(state.imagesSeen, "image")) seen")
      return state
    }
    if let newest = try folder.brokenCheckpoints().last {
      throw RunError.cannotContinue(
        folder.path, cause: "it has no valid checkpoint; the latest was set aside as \(newest)")
    }
    guard let left = try folder.checkpointsByState().last else { return nil }
    throw RunError.cannotContinue(
      folder.path, cause: "it has no valid checkpoint; \(name(left.path)) is damaged")
  }

  /// Takes over what rank 0 has loaded, `state` and all that goes with it.
  func share(_ state: TrainingState, from ranks: any Communicator) throws {
    if ranks.size == 1 { return }
    for (_, store) in parts { store.share(from: ranks) }
    optimizer.step = state.updates
    moments = try ranks.share { moments }
  }

  /// Brings what each process keeps a part of up to date: all but the weights, which always are.
  func gather(over shards: ParameterShards) {
    for (part, store) in parts where part != .model { shards.gather(store) }
  }

  private func load(_ path: FilePath) throws -> TrainingState {
    _ = try FileVerification(path)
    let file = try CheckpointFile(opening: path)
    let saved = try CheckpointConfiguration(file)
    guard saved.model == configuration else {
      throw RunError.cannotContinue(
        folder.path,
        cause: saved.model.differenceOfClasses(from: configuration).map {
          "\(name(path)) was trained with other classes: \($0)"
        } ?? "\(name(path)) has a different network")
    }
    guard let state = saved.run else {
      throw RunError.cannotContinue(
        folder.path, cause: "\(name(path)) is for use alone, without the state of a training")
    }
    for (part, store) in parts {
      try file.read(part, into: store.namedTensors)
      guard store.isFinite else {
        throw FileFormatError.inconsistent(
          path: path.string, cause: "/\(part.rawValue) has values that are not finite")
      }
    }
    optimizer.step = state.updates
    history = try file.history()
    if let own = moments {
      let read = try file.moments()
      guard let read, read.counts.count == own.counts.count else {
        throw FileFormatError.inconsistent(
          path: path.string, cause: "it has no losses of \(counted(own.counts.count, "timestep"))")
      }
      moments = read
    }
    return state
  }

  /// Gives a checkpoint that has another step's name its own, or where another has that, sets it aside.
  private func correctName(_ found: RunFolder.Found) {
    let what = "\(found.path): is a checkpoint of step \(found.step)"
    let aside = found.path.removingLastComponent()
      .appending((found.path.stem ?? "") + RunFolder.misnamed)
    for (place, words) in [
      (folder.checkpoint(step: found.step), "renamed to"), (aside, "set aside as"),
    ] {
      if (try? Folders.rename(found.path, ifFree: place)) != nil {
        return journal.note("\(what); it is \(words) \(name(place))")
      }
    }
    journal.note("\(what); it is left where it is")
  }

  private func setAside(_ path: FilePath, _ error: FileFormatError) {
    let aside = path.removingLastComponent().appending((path.stem ?? "") + RunFolder.broken)
    let isMoved = path.withPlatformString { from in
      aside.withPlatformString { rename(from, $0) == 0 }
    }
    let place = isMoved ? "it is set aside as \(name(aside))" : "it is left where it is"
    journal.note("\(error); \(place)")
  }

  private func name(_ path: FilePath) -> String { path.lastComponent?.string ?? "" }
}

// Saving.
extension CheckpointKeeper {
  /// Writes a checkpoint, then removes the oldest that are too many.
  ///
  /// - Throws: `TrainingError.weightsNotFinite`, and nothing is written; or why it could not be, and
  ///   all that was there still is.
  func save(_ state: TrainingState, moments: LossSecondMoments?) throws {
    guard parts.allSatisfy({ $0.store.isFinite }) else {
      throw TrainingError.weightsNotFinite(folder.path, step: state.step)
    }
    try CheckpointFile.write(
      to: folder.checkpoint(step: state.step), try header(state),
      parts: parts.map { ($0.part, $0.store.namedTensors) }, history: history, moments: moments)
    prune(best: state.best?.step)
  }

  /// Writes a snapshot of the running averages.
  func saveSnapshot(_ state: TrainingState) throws {
    guard let averages else { return }
    try Folders.make(folder.snapshots)
    try CheckpointFile.write(
      to: folder.snapshot(step: state.step), try header(state),
      parts: averages.all.map { ($0.part, $0.store.namedTensors) }, history: TrainingHistory(),
      as: .averages)
  }

  private func header(_ state: TrainingState) throws -> CheckpointHeader {
    let config = CheckpointConfiguration(model: configuration, training: settings, run: state)
    return CheckpointHeader(
      creator: Machine.creator, created: journal.clocks.timestamp, config: try config.json,
      step: state.step, imagesSeen: state.imagesSeen, threads: settings.threads ?? Machine.threads,
      cpu: Machine.processor, oneDNNVersion: Machine.oneDNNVersion)
  }

  /// Keeps the last checkpoints and the one with the lowest validation loss.
  private func prune(best: Int?) {
    // Where they cannot be listed now, there are too many until the next time.
    let steps = (try? folder.checkpointSteps()) ?? []
    for step in steps.dropLast(settings.keep) where step != best {
      _ = folder.checkpoint(step: step).withPlatformString { unlink($0) }
    }
  }
}
