public import Checkpoints
internal import Diffusion
internal import Files
import Foundation
internal import Images
public import SystemPackage

// Training on examples that were noised before.
extension TrainingSettings {
  /// Sets out to train on stored examples, with their size, channels and schedule.
  ///
  /// - Parameter path: a file of noisy samples with its noise, a step's file of a recording, or a run
  ///   with a recording.
  public mutating func adopt(replay path: FilePath) throws {
    let examples = try StoredExamples(opening: path)
    replay = path.string
    size = ImageSize(width: examples.width, height: examples.height)
    channels = examples.channels
    let stored = examples.schedule
    schedule = stored.kind.rawValue
    timesteps = stored.timesteps
    (betaStart, betaEnd) = (stored.betaStart, stored.betaEnd)
    betas = stored.betas.map(Betas.init)
    zeroTerminalSNR = stored.endsInNoise
    objective = examples.objective
    timestepSampling = .uniform
    augment = nil
    if examples.classNames != nil { classes = .folders }
  }

  /// Makes sure that a run does not train on its own recording, which it would overwrite.
  func requireForeignExamples(for run: RunFolder) throws(SettingError) {
    guard let path = replay.map({ FilePath($0) }) else { return }
    let (place, recordings) = (Place(path), Place(run.recordings))
    if place.isSame(as: Place(run.path)) || place.isSame(as: recordings)
      || place.isInside(recordings)
    {
      throw SettingError(
        "replay", cause: "\(path) is the run's own recording; give another run folder")
    }
  }

  /// The examples that these settings train on, unless they train on images.
  func storedExamples() throws -> StoredExamples? {
    guard let replay else { return nil }
    let path = FilePath(replay)
    let examples = try StoredExamples(opening: path)
    if let size, size != ImageSize(width: examples.width, height: examples.height) {
      throw SettingError(
        "size",
        cause: "\(size), but the batches in \(path) are \(examples.width)x\(examples.height)")
    }
    if let channels, channels != examples.channels {
      throw SettingError(
        "channels", cause: "\(channels), but the batches in \(path) have \(examples.channels)")
    }
    if classes == .folders && examples.classNames == nil {
      throw TrainingError.noised(
        path, cause: "recorded without classes; remove `classes`")
    }
    return examples
  }

  /// Makes sure that nothing is to be drawn that comes from a file.
  func validateReplay() throws(SettingError) {
    guard replay != nil else { return }
    let drawn: [(CodingKeys, Bool)] = [
      (.timestepSampling, timestepSampling != .uniform),
      (.inputPerturbation, inputPerturbation != 0), (.offsetNoise, offsetNoise != 0),
    ]
    if let (key, _) = drawn.first(where: { $0.1 }) {
      throw SettingError(
        key.rawValue,
        cause: "cannot be combined with `replay`, which has its own timesteps and noise")
    }
  }
}
