internal import Checkpoints
internal import Diffusion
internal import Files
internal import Foundation
internal import SystemPackage

/// Writes what a sampler does with every image: x_t and the predicted x_0 at each step, and x_0.
final class TrajectoryRecorder: SamplingRecorder {
  let indices: [Int]
  private let writer: TrajectoryFileWriter
  private let size: Int
  /// Whether a trajectory of these settings was there, of other images.
  private let isReplacing: Bool
  private var batch: [Int] = []
  /// Images that are written.
  private var count = 0

  /// - Parameters:
  ///   - facts: what tells this trajectory from others.
  ///   - indices: of the images.
  init(
    _ path: FilePath, _ generator: Generator, _ facts: [(String, String)], indices: [Int]
  ) throws {
    self.indices = indices
    let configuration = generator.model.configuration
    let schedule = generator.model.schedule
    // The clean image is the last step; what was predicted there is itself.
    let timesteps = generator.timesteps + [-1]
    let layout = StepLayout(
      images: indices.count, timesteps: timesteps,
      alphaBar: timesteps.map { schedule.alphaBar(at: $0) },
      channels: configuration.channels, height: configuration.images.height,
      width: configuration.images.width)
    size = layout.imageCount
    isReplacing = try Folders.exists(path)
    writer = try TrajectoryFileWriter(
      path, layout, withPrediction: true, config: Self.config(generator, facts),
      seed: generator.settings.seed)
  }

  /// Whether the file at `path` has the images `indices` already.
  ///
  /// - Throws: `GenerationError.otherTrajectory` where it is not of the same settings,
  ///   `losesTrajectories` where it has other images too.
  static func check(
    _ path: FilePath, _ generator: Generator, _ facts: [(String, String)], _ indices: [Int],
    overwriting: Bool
  ) throws -> Bool {
    guard try Folders.exists(path) else { return false }
    guard let file = try? StepTensorsFile(opening: path), file.format == .trajectory,
      file.config == (try config(generator, facts)), file.seed == generator.settings.seed
    else {
      if overwriting { return false }
      throw GenerationError.otherTrajectory(path)
    }
    if !overwriting, !Set(file.indices).isSubset(of: indices) {
      throw GenerationError.losesTrajectories(path)
    }
    return file.indices == indices
  }

  /// The facts as JSON, in an order that is always the same.
  private static func config(
    _ generator: Generator, _ facts: [(String, String)]
  ) throws -> String {
    let schedule = generator.model.configuration.schedule.kind.rawValue
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let config = try encoder.encode(
      Dictionary(facts + [("schedule", schedule)], uniquingKeysWith: { $1 }))
    return String(decoding: config, as: UTF8.self)
  }

  func begin(_ batch: [Int]) {
    self.batch = batch
  }

  func record(_ snapshot: SamplerSnapshot) throws { try append(snapshot.x, snapshot.x0) }

  func end(_ images: [Float]) throws {
    try append(images, images)
    count += batch.count
  }

  func finish() throws { try writer.finish(indices: indices, replacing: isReplacing) }

  private func append(_ xt: [Float], _ x0: [Float]) throws {
    try xt.withUnsafeBufferPointer { xt in
      try x0.withUnsafeBufferPointer { x0 in
        for position in batch.indices {
          let range = (position * size)..<((position + 1) * size)
          try writer.append(
            position: count + position, UnsafeBufferPointer(rebasing: xt[range]),
            prediction: UnsafeBufferPointer(rebasing: x0[range]))
        }
      }
    }
  }
}
