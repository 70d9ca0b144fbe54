internal import HDF5

/// Why one of Stipple's HDF5 files could not be read or written.
public enum FileFormatError: Error, Equatable, Sendable {
  /// The file or its system failed; `text` is the whole sentence, with the path.
  case file(text: String)
  /// Another program's HDF5 file.
  case foreign(path: String)
  /// A format or a version that is not known here.
  case newer(path: String, version: Int, known: Int)
  /// One of Stipple's files, but of another kind.
  case otherFormat(path: String, found: String, expected: String)
  /// A parameter has another shape than the network's.
  case parameterShape(path: String, name: String, found: [Int], expected: [Int])
  /// The network has parameters that the file has not.
  case missingParameters(path: String, names: [String])
  /// The file has parameters that the network has not.
  case surplusParameters(path: String, names: [String])
  /// A part of a checkpoint is absent, such as the optimizer's state in a file for sampling.
  case missingPart(path: String, name: String)
  /// The weights as the last step left them are asked of a file of averaged ones.
  case averageAlone(path: String)
  /// Something has got the name of a file that was to be new.
  case exists(path: String)
  /// Datasets that do not fit together.
  case inconsistent(path: String, cause: String)

  /// Runs what may fail in HDF5.
  static func translating<Result>(
    _ body: () throws(HDF5Error) -> Result
  ) throws(FileFormatError) -> Result {
    do throws(HDF5Error) {
      return try body()
    } catch {
      if let name = error.takenName { throw .exists(path: name) }
      throw .file(text: "\(error)")
    }
  }
}

extension FileFormatError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .file(let text):
      return text
    case .foreign(let path):
      return "\(path): is an HDF5 file, but not one of Stipple's"
    case .newer(let path, let version, let known):
      return """
        \(path): has format version \(version), but this program knows versions up to \(known); \
        use a newer Stipple
        """
    case .otherFormat(let path, let found, let expected):
      return "\(path): is \(found), expected \(expected)"
    case .parameterShape(let path, let name, let found, let expected):
      return """
        \(path): parameter \(name) has shape \(HDF5Error.text(found)), expected \
        \(HDF5Error.text(expected)); was it trained with another `preset`?
        """
    case .missingParameters(let path, let names):
      return "\(path): lacks \(Self.list(names)); was it trained with another `preset`?"
    case .surplusParameters(let path, let names):
      return """
        \(path): has \(Self.list(names)), unknown to the network; was it trained with another \
        `preset`?
        """
    case .missingPart(let path, let name):
      return "\(path): has no /\(name)"
    case .averageAlone(let path):
      return "\(path): has no latest weights, only averaged ones; use `weights` ema"
    case .exists(let path):
      return "\(path): already exists with other contents; remove it, or give another name"
    case .inconsistent(let path, let cause):
      return "\(path): is inconsistent: \(cause)"
    }
  }

  /// `parameter a`, or `parameter a and 3 more`.
  private static func list(_ names: [String]) -> String {
    let first = "parameter \(names.first ?? "")"
    return names.count > 1 ? "\(first) and \(names.count - 1) more" : first
  }
}
