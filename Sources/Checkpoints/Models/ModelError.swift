public import SystemPackage
internal import Text

/// Why there is no model of a name.
public enum ModelError: Error, Equatable, Sendable {
  /// Neither a file or folder nor a model of the catalog has the name.
  case unknown(String, known: [String], folders: [FilePath])
  /// There is no such file, but a model of the name without its suffix.
  case suffixed(FilePath, name: String)
  /// The model that is taken where none is named is not there.
  case notInstalled(String, folders: [FilePath])
}

extension ModelError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .unknown(let name, let known, let folders):
      let failure =
        "\(name): could not be found: there is no file, run folder or model of this name"
      if known.isEmpty { return "\(failure), and no model in \(Self.list(folders))" }
      let near = Spelling.nearest(to: name, among: known)
      return "\(failure); "
        + (near.map { "did you mean \($0)? " } ?? "") + "models: \(Readable.list(known))"
    case .suffixed(let path, let name):
      return
        "\(path): could not be opened: no such file; to use the installed model, give its name, \(name)"
    case .notInstalled(let name, let folders):
      return """
        \(name): could not be found: no such model in \(Self.list(folders)); give a checkpoint with `model`, or \
        set STIPPLE_DATA to the folder of the models
        """
    }
  }

  /// "a, b or c".
  private static func list(_ folders: [FilePath]) -> String {
    guard let last = folders.last else { return "any folder" }
    let others = folders.dropLast().map(\.string).joined(separator: ", ")
    return others.isEmpty ? last.string : "\(others) or \(last)"
  }
}
