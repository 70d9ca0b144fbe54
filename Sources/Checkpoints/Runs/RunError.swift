public import SystemPackage

/// Why a run folder cannot be used.
public enum RunError: Error, Equatable, Sendable {
  /// Another process trains in the folder.
  case isLocked(FilePath, owner: String)
  /// Settings that differ from the run folder's, each as "batch: 16 there, 32 here".
  case settingsDiffer(FilePath, [String])
  /// A file that is no file of settings.
  case configuration(FilePath, cause: String)
  /// A run whose checkpoints or tables do not go with what is asked for.
  case cannotContinue(FilePath, cause: String)
  /// A folder, or what there is instead, without a run.
  case notARun(FilePath, isThere: Bool)
}

extension RunError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .isLocked(let folder, let owner): "\(folder): is being trained by \(owner)"
    case .settingsDiffer(let folder, let differences):
      """
      \(folder): holds a run with other settings: \(differences.joined(separator: "; ")); \
      use the same settings, or another folder
      """
    case .configuration(let path, let cause):
      "\(path): could not be read as settings: \(cause)"
    case .cannotContinue(let folder, let cause): "\(folder): cannot be continued: \(cause)"
    case .notARun(let folder, let isThere):
      isThere
        ? "\(folder): is not a run folder: it has no checkpoints/ and no metrics.csv; give the folder of `stipple train -o`"
        : "\(folder): could not be read: No such file or directory"
    }
  }
}
