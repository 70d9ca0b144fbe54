package import Checkpoints
internal import Files
import Foundation
internal import SystemPackage

/// All that a run folder tells of its run.
package struct RunFacts {
  package let folder: RunFolder
  /// As `config.yaml` has them; nil where it cannot be read.
  package private(set) var settings: TrainingSettings?
  /// Metadata of the newest checkpoint.
  package private(set) var header: CheckpointHeader?
  private(set) var configuration: ModelConfiguration?
  private(set) var state: TrainingState?
  /// Rows by step, see `TrainingMetrics`.
  package private(set) var metrics = MetricsTable()
  package private(set) var performance = MetricsTable()
  /// Losses by noise level.
  package private(set) var timesteps = MetricsTable()
  /// Figures of the samples' quality by step, where there are any.
  package private(set) var quality = MetricsTable()
  private(set) var log = RunLog(text: "")
  /// Checkpoints with their sizes in bytes.
  private(set) var checkpoints: [(step: Int, bytes: Int)] = []
  /// Pictures of samples.
  private(set) var samples: [(step: Int, path: FilePath)] = []

  /// Reads a run.
  ///
  /// - Throws: `RunError.notARun` where there is none; what keeps it from being read.
  package init(_ folder: RunFolder) throws {
    self.folder = folder
    let isThere = try Folders.exists(folder.path)
    let isRun = try RunFolder.isRun(folder.path) || Folders.exists(folder.metrics)
    guard isThere, Folders.isFolder(folder.path), isRun else {
      throw RunError.notARun(folder.path, isThere: isThere)
    }
    try update()
  }

  /// Reads what is new.
  package mutating func update() throws {
    try metrics.update(from: folder.metrics)
    try performance.update(from: folder.performance)
    try quality.update(from: folder.quality)
    try timesteps.update(from: folder.timesteps)
    log = RunLog(folder.log)
    if let file = try? folder.settingsFile, (try? Folders.exists(file)) == true {
      settings = try? TrainingSettings(yaml: file, over: .before)
    }
    let steps = try folder.checkpointSteps()
    checkpoints = steps.map { ($0, Self.size(of: folder.checkpoint(step: $0))) }
    for step in steps.reversed() {
      guard let file = try? CheckpointFile(opening: folder.checkpoint(step: step)),
        let saved = try? CheckpointConfiguration(file)
      else { continue }
      (header, configuration, state) = (file.header, saved.model, saved.run)
      settings = settings ?? saved.training
      break
    }
    samples = try folder.files(in: folder.samples, "png").compactMap { path in
      (path.stem?.dropFirst(5)).flatMap { Int($0) }.map { ($0, path) }
    }
  }

  private static func size(of path: FilePath) -> Int { (try? FileStatus(path))?.size ?? 0 }

  /// The validation loss as it was measured: at intervals, which the table has, and where the run ended since.
  package var validationLoss: ThinnedCurve {
    var curve = metrics[column: "validation_loss"]
    if let state, let loss = state.validationLoss { curve.add(state.step, loss) }
    return curve
  }

  /// Steps made.
  package var step: Int { max(metrics.lastStep ?? 0, state?.step ?? 0) }
  /// The run's name: that of its folder.
  package var name: String {
    let place = Place(folder.path).path
    return place.lastComponent?.string ?? folder.path.string
  }
  /// Whether all steps are made.
  var isFinished: Bool {
    guard let settings else { return false }
    if let last = settings.lastStep, step >= last { return true }
    return state.map(settings.isFinished) ?? false
  }
  /// Seconds of training in all sessions.
  package var seconds: Double? { performance.last("seconds") ?? state?.seconds }
  var isDenoiser: Bool { configuration?.isDenoiser ?? (settings?.noiseRange != nil) }
}
