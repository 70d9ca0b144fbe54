internal import Checkpoints
internal import Diffusion
import Foundation
internal import SystemPackage
internal import Text

/// What the recorded examples of a training step say of themselves.
public struct ExamplesInspection: Encodable, Sendable {
  /// Steps made, this one included.
  public let step: Int
  /// How many examples the step had.
  public let examples: Int
  /// 1 for gray, 3 for RGB, 4 for RGBA.
  public let channels: Int
  /// Rows of an image.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// Of each example.
  public let timesteps: [Double]
  /// What the noise followed from.
  public let seed: UInt64
  /// The first images' names.
  public let firstSources: [String]
  /// The network that was trained, and its schedule.
  let model: ModelConfiguration
  /// All datasets of the file.
  public let tensors: [TensorInspection]

  /// Names that are told.
  private static let shown = 3

  init(_ path: FilePath) throws {
    let file = try ExamplesFile(opening: path)
    do {
      model = try JSONDecoder().decode(CheckpointConfiguration.self, from: Data(file.config.utf8))
        .model
      try model.validate()
    } catch {
      throw FileFormatError.inconsistent(
        path: path.string, cause: "its attribute config is not a configuration (\(error))")
    }
    (step, seed) = (file.step, file.seed)
    (examples, channels) = (file.shape[0], file.shape[1])
    (height, width) = (file.shape[2], file.shape[3])
    let contents = try file.read()
    timesteps = contents.timesteps
    firstSources = Array(contents.sources.prefix(Self.shown))
    tensors = try TensorInspection.all(in: path)
  }

  func add(to facts: inout TextTable) {
    facts.append("kind", "a recorded training batch")
    facts.append("step", String(step))
    facts.append("examples", "\(examples) of \(Readable.image(width, height, channels))")
    facts.append("timesteps", Readable.list(timesteps.map(Readable.number)))
    facts.append("objective", model.objective.rawValue)
    facts.append("schedule", Readable.schedule(model.schedule))
    facts.append("seed", String(seed))
    let more = examples > firstSources.count ? " … and \(examples - firstSources.count) more" : ""
    facts.append("sources", firstSources.joined(separator: ", ") + more)
  }
}
