internal import Compute
internal import Files
import Foundation
internal import SystemPackage

/// Writes a run's checkpoints, finds the newest good one, and removes those that are no longer
/// wanted.
final class CheckpointKeeper {
  private let folder: RunFolder
  private let configuration: ModelConfiguration
  private let settings: TrainingSettings
  private let optimizer: AdamW
  private var history = TrainingHistory(columns: ["loss": [], "validation_loss": []])

  init(
    _ folder: RunFolder, _ configuration: ModelConfiguration, _ settings: TrainingSettings,
    _ optimizer: AdamW
  ) {
    self.folder = folder
    self.configuration = configuration
    self.settings = settings
    self.optimizer = optimizer
  }

  private var parts: [(part: CheckpointFile.Part, store: ParameterStore)] {
    [
      (.model, optimizer.parameters), (.average, optimizer.average),
      (.firstMoment, optimizer.firstMoment), (.secondMoment, optimizer.secondMoment),
    ]
  }

  /// Loads the newest checkpoint that is whole; nil where there is none.
  ///
  /// One that is broken is told of, and set aside under the name `….h5.broken`.
  ///
  /// - Throws: `TrainingError.cannotContinue` where a good checkpoint is of another network.
  func resume(_ note: (String) -> Void) throws -> RunState? {
    for step in folder.checkpointSteps().reversed() {
      let path = folder.checkpoint(step: step)
      do {
        let state = try load(path)
        note("going on from \(path.lastComponent?.string ?? ""), \(state.imagesSeen) images seen")
        return state
      } catch let error as FileFormatError {
        note("\(error); it is set aside, and the checkpoint before it is used")
        let aside = FilePath(path.string + ".broken")
        _ = path.withPlatformString { from in aside.withPlatformString { rename(from, $0) } }
      }
    }
    return nil
  }

  private func load(_ path: FilePath) throws -> RunState {
    _ = try FileVerification(path)
    let file = try CheckpointFile(opening: path)
    let saved = try CheckpointConfiguration(file)
    guard saved.model == configuration else {
      throw TrainingError.cannotContinue(
        folder.path, cause: "\(path.lastComponent?.string ?? "") is of another network")
    }
    guard let state = saved.run else {
      throw TrainingError.cannotContinue(
        folder.path, cause: "\(path.lastComponent?.string ?? "") has no training state")
    }
    for (part, store) in parts {
      try file.read(part, into: store.namedTensors)
      store.markChanged()
      guard store.isFinite else {
        throw FileFormatError.inconsistent(
          path: path.string, cause: "/\(part.rawValue) has values that are not finite")
      }
    }
    optimizer.step = state.step - state.skippedSteps
    history = try file.history()
    return state
  }

  /// Remembers a step for the checkpoint's history.
  func record(_ step: Int, loss: Double, validation: Double?) {
    history.steps.append(step)
    history.columns["loss", default: []].append(loss)
    history.columns["validation_loss", default: []].append(validation ?? .nan)
  }

  /// Writes a checkpoint, then removes the oldest that are too many.
  func save(_ state: RunState) throws {
    let config = CheckpointConfiguration(model: configuration, training: settings, run: state)
    let header = CheckpointHeader(
      creator: Machine.creator, created: Date.now.formatted(.iso8601), config: try config.json,
      step: state.step, imagesSeen: state.imagesSeen, threads: settings.threads ?? Program.threads,
      cpu: Machine.processor, oneDNNVersion: Program.oneDNNVersion)
    try CheckpointFile.write(
      to: folder.checkpoint(step: state.step), header,
      parts: parts.map { ($0.part, $0.store.namedTensors) }, history: history)
    prune()
  }

  /// Keeps the last checkpoints and the one with the lowest validation loss.
  private func prune() {
    let steps = folder.checkpointSteps()
    let measured = zip(history.steps, history.columns["validation_loss", default: []])
      .filter { !$0.1.isNaN && steps.contains($0.0) }
    let best = measured.min { $0.1 < $1.1 }?.0
    for step in steps.dropLast(settings.keep) where step != best {
      _ = folder.checkpoint(step: step).withPlatformString { unlink($0) }
    }
  }
}
