public import Checkpoints
public import SystemPackage

extension DiffusionModel {
  /// Reads a weaker model that may guide this one (Karras et al. 2024): a checkpoint, a run, an EMA snapshot, or of
  /// this model's own run the snapshot next to a fourth of its steps.
  ///
  /// - Parameters:
  ///   - weights: which of a checkpoint's weights are used.
  ///   - report: is told of damaged checkpoints of a run folder.
  /// - Throws: `GenerationError.noSnapshots`, or `FileFormatError` with the path and what is wrong with it.
  public func guide(
    _ path: FilePath, weights: CheckpointWeights = .ema, report: (String) -> Void = { _ in }
  ) throws -> DiffusionModel {
    if OutputKind.tensors(.averages).isOwn(path) { return try DiffusionModel(snapshot: path) }
    let run = RunFolder(path)
    let own = file?.removingLastComponent().removingLastComponent().lexicallyNormalized()
    guard own == path.lexicallyNormalized() else {
      return try DiffusionModel(path, weights: weights, report: report)
    }
    let nearest = try run.snapshotSteps().filter { $0 < step }
      .min { abs(4 * $0 - step) < abs(4 * $1 - step) }
    guard let nearest else { throw GenerationError.noSnapshots(path) }
    return try DiffusionModel(snapshot: run.snapshot(step: nearest))
  }
}
