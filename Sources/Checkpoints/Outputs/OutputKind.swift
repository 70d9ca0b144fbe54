internal import Files
internal import HDF5
package import SystemPackage

/// The kinds of file that commands write, and how each is recognized.
public struct OutputKind: Sendable {
  /// What a person calls it: "an EMA snapshot".
  package let name: String
  /// Whether it is a folder.
  let isFolder: Bool
  /// How names of such files end; none where any name will do.
  var suffixes: [String] = []
  /// Whether the file at a path is of this kind, by Stipple.
  package let isOwn: @Sendable (FilePath) -> Bool

  /// A folder, whose files its job compares with what it would write.
  public static let folder = OutputKind(name: "a folder", isFolder: true) { _ in true }

  /// An HDF5 file.
  public static func tensors(_ format: FileFormat) -> OutputKind {
    OutputKind(name: format.name, isFolder: false, suffixes: ["h5", "hdf5"]) {
      (try? FileFormat.open($0))?.format == format
    }
  }

  /// A PNG whose metadata says how it was made (`Provenance`).
  public static func picture(by work: String) -> OutputKind {
    OutputKind(name: "an image by stipple \(work)", isFolder: false, suffixes: ["png", "apng"]) {
      (try? Provenance(of: $0))?.work == work
    }
  }

  /// A text file that begins in one of some ways.
  package static func text(
    _ name: String, suffix: String, _ beginnings: String...
  ) -> OutputKind {
    OutputKind(name: name, isFolder: false, suffixes: [suffix]) { path in
      beginnings.contains { Self.file(path, beginsWith: $0) }
    }
  }

  /// A run's table with these columns, or with the first so many of them or more, as older versions wrote.
  package static func rows(_ columns: [String], older: Int? = nil) -> OutputKind {
    let headers = ((older ?? columns.count)...columns.count).map {
      columns.prefix($0).joined(separator: ",") + "\n"
    }
    return OutputKind(name: "a table by stipple train", isFolder: false) { path in
      headers.contains { file(path, beginsWith: $0) } || Place(path).isEmptyFile
    }
  }

  /// Whether a path is named like a file of another kind than this.
  func isMisnamed(_ path: FilePath) -> Bool {
    let others = ["h5", "hdf5", "png", "apng", "jpg", "jpeg", "csv", "html", "svg", "json", "yaml"]
    guard !suffixes.isEmpty, let suffix = path.extension?.lowercased() else { return false }
    return others.contains(suffix) && !suffixes.contains(suffix)
  }

  /// A run's settings.
  package static let settings = OutputKind(
    name: "a run's settings by stipple train", isFolder: false
  ) {
    RunFolder.isOwnConfiguration($0)
  }

  /// A run's log: lines that begin with a time, if there are any.
  package static let log = OutputKind(name: "a log by stipple train", isFolder: false) { path in
    file(path, beginsWith: "20") || Place(path).isEmptyFile
  }

  /// A run's list of the files and folders that it was trained on.
  package static let imageList = OutputKind(
    name: "a list of images by stipple train", isFolder: false
  ) { path in
    (try? RunFolder.images(listedIn: path))?.allSatisfy(\.isAbsolute) ?? false
  }

  /// A run's lock, which is empty or says who has it.
  package static let lock = OutputKind(name: "a lock by stipple train", isFolder: false) { path in
    file(path, beginsWith: RunLock.beginning) || Place(path).isEmptyFile
  }

  /// Whether a file's first bytes are those of `text`.
  private static func file(_ path: FilePath, beginsWith text: String) -> Bool {
    let expected = Array(text.utf8)
    guard
      let descriptor = try? FileDescriptor.open(
        path, .readOnly, options: [.nonBlocking, .closeOnExec])
    else { return false }
    defer { try? descriptor.close() }
    var bytes = [UInt8](repeating: 0, count: expected.count)
    let count = try? bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    return count == expected.count && bytes == expected
  }
}
