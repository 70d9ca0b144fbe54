public import SystemPackage
internal import Text

/// What can end a training run.
public enum TrainingError: Error, Equatable, Sendable {
  /// Steps in a row had a loss or a gradient that was not finite.
  case notFinite(FilePath, steps: Int)
  /// Weights, moments or averages are not finite, so that they cannot be saved.
  case weightsNotFinite(FilePath, step: Int)
  /// Checkpoints in a row could not be written; `newest` is the step of the last one that was.
  case checkpointsFail(FilePath, Int, newest: Int?, cause: String)
  /// Bytes that the checkpoints need, and that the file system has.
  case noSpace(FilePath, needed: Int, free: Int)
  /// Folders that are other classes than those of the model that is distilled.
  case otherClasses([String], model: [String])
  /// Stored examples that cannot be trained on.
  case noised(FilePath, cause: String)
}

extension TrainingError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .notFinite(let folder, let steps):
      return """
        \(folder): stopped: the loss was not finite in \(steps) steps in a row; a smaller \
        `learning-rate` or a longer `warmup` helps, in a new run folder
        """
    case .weightsNotFinite(let folder, let step):
      return """
        \(folder): stopped: the weights are not finite after step \(step), and were not saved; a \
        smaller `learning-rate` helps, in a new run folder
        """
    case .checkpointsFail(let folder, let count, let newest, let cause):
      let times = count == 1 ? "the last checkpoint" : "\(count) checkpoints in a row"
      let left = newest.map { "the newest is of step \($0)" } ?? "there is none"
      return "\(folder): stopped: \(times) could not be written: \(cause); \(left)"
    case .noSpace(let folder, let needed, let free):
      return """
        \(folder): its checkpoints and recordings need \(Self.megabytes(needed)) MB, and there are \
        \(Self.megabytes(free)) MB free; a smaller `keep`, or fewer steps for `record-batches`, need less
        """
    case .otherClasses(let found, let model):
      let folders = found.isEmpty ? "some are in none" : "these are \(Readable.list(found))"
      return
        "the images have to be in subfolders named like the model's classes, \(Readable.list(model)); \(folders)"
    case .noised(let path, let cause): return "\(path): cannot be trained on: \(cause)"
    }
  }
  private static func megabytes(_ bytes: Int) -> String {
    let tenths = (Double(bytes) / 1e5).rounded()
    return tenths < 1000 ? "\(tenths / 10)" : "\(Int(tenths / 10))"
  }
}
