internal import Checkpoints
internal import Diffusion
internal import Files
import Foundation
internal import SystemPackage

/// Keeps what a run's network was given, a file for each of the chosen steps.
///
/// A step's file follows from the run's settings and the step, so that a run that goes on writes what it
/// would have written.
struct StepRecorder {
  let recording: Recording
  private let folder: RunFolder
  private let schedule: NoiseSchedule
  private let shape: [Int]
  private let config: String
  private let seed: UInt64

  /// Nil where nothing is to be kept.
  init?(_ plan: TrainingPlan, _ schedule: NoiseSchedule, in folder: RunFolder) throws {
    guard let recording = plan.settings.recordBatches else { return nil }
    self.recording = recording
    self.folder = folder
    self.schedule = schedule
    let configuration = plan.configuration
    shape = [configuration.channels, configuration.images.height, configuration.images.width]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    config = String(
      decoding: try encoder.encode(CheckpointConfiguration(model: configuration)), as: UTF8.self)
    seed = plan.settings.seed
  }

  /// Writes the examples of step `step`, counted from 1.
  func write(_ examples: NoisedExamples, step: Int) throws {
    try Folders.make(folder.recordings)
    try ExamplesFile.write(
      examples, shape: shape, schedule: schedule, config: config, seed: seed, step: step,
      to: folder.recording(step: step))
  }
}
