public import Checkpoints
public import Distributed
public import SystemPackage

extension DiffusionModel {
  /// Reads a checkpoint on all of some processes: the one that the first process finds, since a training may save a
  /// newer one meanwhile.
  ///
  /// - Parameters:
  ///   - path: a file, a run folder, whose newest good checkpoint is taken, or the name of a model.
  ///   - report: is told of newer checkpoints of a run folder that are damaged, on the first process.
  /// - Throws: `FileFormatError` with the path and what is wrong with it; `ModelError` for an unknown name.
  public static func read(
    _ path: FilePath, weights: CheckpointWeights = .ema, by processes: ProcessGroup,
    report: (String) -> Void = { _ in }
  ) throws -> DiffusionModel {
    var first: DiffusionModel?
    let file = try processes.share {
      let model = try DiffusionModel(path, weights: weights, report: report)
      first = model
      return model.file ?? path
    }
    return try first ?? DiffusionModel(file, weights: weights)
  }
}
