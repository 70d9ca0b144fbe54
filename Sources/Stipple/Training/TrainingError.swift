public import SystemPackage

/// What can end a training run, or keep it from starting.
public enum TrainingError: Error, Equatable, Sendable {
  case runIsLocked(FilePath, owner: String)
  /// Settings that differ from the run folder's, each as "batch: 16 there, 32 here".
  case settingsDiffer(FilePath, [String])
  case configuration(FilePath, cause: String)
  case setting(String, cause: String)
  case noImages(cause: String)
  case notFinite(FilePath, steps: Int)
  case checkpointsFail(FilePath, cause: String)
  case cannotContinue(FilePath, cause: String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .runIsLocked(let folder, let owner):
      return "\(folder): is being trained by \(owner)"
    case .settingsDiffer(let folder, let differences):
      return """
        \(folder): holds a run with other settings: \(differences.joined(separator: "; ")); \
        give the same ones, or another folder
        """
    case .configuration(let path, let cause):
      return "\(path): could not be read as settings: \(cause)"
    case .setting(let name, let cause): return "--\(name): \(cause)"
    case .noImages(let cause): return cause
    case .notFinite(let folder, let steps):
      return """
        \(folder): stopped: the loss was not finite in \(steps) steps in a row; a smaller \
        --learning-rate or a longer --warmup helps, in a new run folder
        """
    case .checkpointsFail(let folder, let cause):
      return "\(folder): stopped: no checkpoint could be written three times in a row: \(cause)"
    case .cannotContinue(let folder, let cause):
      return "\(folder): cannot be continued: \(cause)"
    }
  }
}
