package import HDF5
package import SystemPackage

/// The kinds of HDF5 file that Stipple writes; the attribute `format` names the kind.
public enum FileFormat: String, CaseIterable, Sendable {
  case checkpoint = "stipple-checkpoint"
  case noised = "stipple-noised"
  case trajectory = "stipple-trajectory"
  case noisy = "stipple-noisy"
  case averages = "stipple-averages"
  case examples = "stipple-examples"

  /// The newest version that this program reads, and the one that it writes.
  package static let version = 1

  /// What a person calls such a file.
  public var name: String {
    switch self {
    case .checkpoint: "a checkpoint"
    case .noised: "a file of noisy samples"
    case .trajectory: "a trajectory"
    case .noisy: "a file of noisy images"
    case .averages: "an EMA snapshot"
    case .examples: "a recorded training batch"
    }
  }

  /// Opens one of Stipple's files for reading.
  ///
  /// - Throws: `file`, `foreign` or `newer`.
  package static func open(
    _ path: FilePath
  ) throws(FileFormatError) -> (format: FileFormat, file: StoredFile) {
    try FileFormatError.translating { () throws(HDF5Error) in
      try File.open(path)
    }.identified()
  }

  /// Opens a file that has to be of one of the kinds `accepted`.
  ///
  /// - Throws: `file`, `foreign`, `newer`, or `otherFormat`.
  package static func open(
    _ path: FilePath, as accepted: FileFormat...
  ) throws(FileFormatError) -> (format: FileFormat, file: StoredFile) {
    let (format, file) = try open(path)
    guard accepted.contains(format) else {
      throw .otherFormat(path: path.string, found: format.name, expected: accepted[0].name)
    }
    return (format, file)
  }

  /// Writes what tells the format into a new file's root.
  func mark(_ root: Group) throws(HDF5Error) {
    try root.setAttribute("format", rawValue)
    try root.setAttribute("format_version", Self.version)
  }
}

extension StoredFile {
  /// Reads what the file's format is.
  fileprivate func identified() throws(FileFormatError) -> (format: FileFormat, file: StoredFile) {
    let path = path.string
    let marks = try FileFormatError.translating { () throws(HDF5Error) -> (String, Int)? in
      let root = try root
      guard
        try root.hasAttribute("format"), try root.hasAttribute("format_version"),
        case .text = try root.attribute("format").type
      else { return nil }
      return (
        try root.attribute("format").text(), try root.attribute("format_version").integer()
      )
    }
    guard let (name, version) = marks, name.hasPrefix("stipple-") else {
      throw .foreign(path: path)
    }
    if version < 1 {
      throw .inconsistent(
        path: path, cause: "its format version is \(version), and versions begin with 1")
    }
    guard version <= FileFormat.version, let format = FileFormat(rawValue: name) else {
      throw .newer(path: path, version: version, known: FileFormat.version)
    }
    return (format, self)
  }
}
