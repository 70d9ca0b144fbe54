internal import Checkpoints
internal import Diffusion
import Foundation
internal import SystemPackage

/// The metadata of a file of noisy samples or of a trajectory.
public struct StepTensorsInspection: Encodable, Sendable {
  /// Whether these are the steps of the reverse process, and not of the forward one.
  let isTrajectory: Bool
  /// How many images.
  public let images: Int
  /// How many steps of each.
  public let steps: Int
  /// 1 for gray, 3 for RGB, 4 for RGBA.
  public let channels: Int
  /// Rows of an image.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// Of each step; -1 is the clean image.
  public let timesteps: [Double]
  /// How much of the image's variance is left at each step.
  public let alphaBar: [Double]
  /// What the noise follows from.
  public let seed: UInt64
  /// The first of the images' file names; empty in a trajectory.
  public let firstSources: [String]
  /// The first of the images' indices; empty in a file of noisy samples.
  public let firstIndices: [Int]
  /// The schedule of a file of noisy samples.
  let schedule: NoiseSchedule.Configuration?
  /// Checkpoint and sampler of a trajectory.
  public let sampling: [String: String]?
  /// All datasets of the file.
  public let tensors: [TensorInspection]

  private enum CodingKeys: String, CodingKey {
    case images, steps, channels, height, width, timesteps, alphaBar, seed, firstSources
    case firstIndices, schedule, sampling, tensors
  }

  /// Names and indices that are told.
  private static let shown = 3

  /// Reads everything but the images.
  init(_ path: FilePath) throws {
    let file = try StepTensorsFile(opening: path)
    let layout = file.layout
    isTrajectory = file.format == .trajectory
    (images, steps) = (layout.images, layout.steps)
    (channels, height, width) = (layout.channels, layout.height, layout.width)
    (timesteps, alphaBar) = (layout.timesteps, layout.alphaBar)
    seed = file.seed
    firstSources = Array(file.sources.prefix(Self.shown))
    firstIndices = Array(file.indices.prefix(Self.shown))
    let config = Data(file.config.utf8)
    schedule = try? JSONDecoder().decode([String: NoiseSchedule.Configuration].self, from: config)[
      "schedule"]
    sampling = try? JSONDecoder().decode([String: String].self, from: config)
    tensors = try TensorInspection.all(in: path)
  }
}
