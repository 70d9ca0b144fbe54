internal import Files
import Foundation
internal import Images
public import SystemPackage

/// The models that are found by name: `NAME.h5` in one of some folders, of which the first that has it counts.
public struct ModelCatalog: Sendable {
  /// A model of the catalog.
  public struct Entry: Equatable, Sendable {
    /// The file's name without its suffix.
    public let name: String
    /// Where the file is.
    public let path: FilePath
  }

  /// The folders, in the order in which they are looked in.
  public let folders: [FilePath]

  /// A catalog of some folders, which need not be there.
  public init(folders: [FilePath]) { self.folders = folders }

  /// Where the program and the library look: in the folders that `STIPPLE_DATA` names, with colons between them,
  /// and beside the program.
  public static var standard: ModelCatalog {
    ModelCatalog(
      data: ProcessInfo.processInfo.environment["STIPPLE_DATA"],
      program: Bundle.main.executableURL.map { FilePath($0.resolvingSymlinksInPath().path) })
  }

  /// - Parameters:
  ///   - data: what `STIPPLE_DATA` says.
  ///   - program: the running program's file.
  package init(data: String?, program: FilePath?) {
    let named = (data ?? "").split(separator: ":").map { FilePath(String($0)) }
    let beside = (program?.removingLastComponent()).map { folder in
      [
        folder, folder.removingLastComponent().appending("share").appending("stipple"),
        folder.appending(Self.resources),
      ]
    }
    folders = named + (beside ?? [])
  }

  /// The folder into which `swift build` puts the models of the repository, beside every program that uses the
  /// library. `Bundle.module` would end the program where it is missing.
  private static let resources = "stipple_Restoration.resources"

  /// What a model file's name ends in.
  private static let suffix = "h5"

  /// The models that there are, in natural order of their names.
  public var entries: [Entry] {
    var found: [String: FilePath] = [:]
    for folder in folders {
      // A folder that cannot be listed has none.
      for file in (try? Folders.names(in: folder)) ?? [] where !file.hasPrefix(".") {
        let path = folder.appending(file)
        guard path.extension == Self.suffix, let name = path.stem, Place(path).content == .file
        else { continue }
        if found[name] == nil { found[name] = path }
      }
    }
    return found.map { Entry(name: $0.key, path: $0.value) }
      .sorted { NaturalOrder.precedes($0.name, $1.name) }
  }

  /// The file of the model with a name; nil where there is none.
  public func file(named name: String) -> FilePath? {
    guard FilePath.Component(name)?.kind == .regular else { return nil }
    return folders.map { $0.appending("\(name).\(Self.suffix)") }
      .first { Place($0).content == .file }
  }

  /// The file or folder that a user means: that of a model with the name, unless there is a file or a run folder at
  /// the path.
  ///
  /// - Throws: `ModelError.unknown` for a word that is neither, `ModelError.suffixed` for the file of a model that is
  ///   not here.
  public func path(of given: FilePath) throws(ModelError) -> FilePath {
    let isWord = given.components.count == 1 && given.root == nil
    let content = Place(given).content
    guard isWord, content != .file, !RunFolder.isRun(given) else { return given }
    if let file = file(named: given.string) { return file }
    if content != .nothing { return given }
    if Self.isNamedLikeCheckpoint(given) {
      guard let name = given.stem, file(named: name) != nil else { return given }
      throw .suffixed(given, name: name)
    }
    throw .unknown(given.string, known: entries.map(\.name), folders: folders)
  }

  /// Whether a path leads to a checkpoint or a run folder, is named like a checkpoint, or is no path but the name of a
  /// model.
  public func isModel(_ path: FilePath) -> Bool {
    switch Place(path).content {
    case .nothing: Self.isNamedLikeCheckpoint(path) || file(named: path.string) != nil
    case .folder: RunFolder.isRun(path)
    default:
      switch try? FileFormat.open(path).format {
      case .checkpoint: true
      case nil: Self.isNamedLikeCheckpoint(path)
      default: false
      }
    }
  }

  private static func isNamedLikeCheckpoint(_ path: FilePath) -> Bool {
    ["h5", "hdf5"].contains(path.extension?.lowercased())
  }
}
