package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Folders that files are written to.
package enum Folders {
  /// Makes a folder, and those above it that are missing.
  package static func make(_ folder: FilePath) throws(FileError) {
    if makeOne(folder) { return }
    let parent = folder.removingLastComponent()
    guard errno == ENOENT, !parent.isEmpty, parent != folder else {
      throw FileError(folder, "the folder could not be made")
    }
    try make(parent)
    if !makeOne(folder) { throw FileError(folder, "the folder could not be made") }
  }

  /// Makes the folder `relative` below `base`, which is there, and never outside it.
  ///
  /// - Throws: Also where a folder on the way is a symbolic link, which may lead anywhere.
  package static func make(_ relative: FilePath, below base: FilePath) throws(FileError) {
    var folder = base
    for component in relative.components {
      folder.append(component)
      var status = stat()
      let isThere = folder.withPlatformString { lstat($0, &status) } == 0
      if isThere, status.st_mode & S_IFMT == S_IFLNK {
        throw FileError(
          folder, "the folder could not be made",
          FolderLink(description: "there is a symbolic link, which may lead out of \(base)"))
      }
      if !makeOne(folder) { throw FileError(folder, "the folder could not be made") }
    }
  }

  /// The cause that is no error of the system's.
  private struct FolderLink: Error, CustomStringConvertible {
    let description: String
  }

  private static func makeOne(_ folder: FilePath) -> Bool {
    if folder.isEmpty || folder.withPlatformString({ mkdir($0, 0o777) }) == 0 { return true }
    guard errno == EEXIST else { return false }
    if isFolder(folder) { return true }
    errno = ENOTDIR
    return false
  }

  /// Whether `path` is a folder, or a link to one.
  package static func isFolder(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { stat($0, &status) } == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is something at `path`.
  package static func exists(_ path: FilePath) -> Bool {
    path.withPlatformString { access($0, F_OK) } == 0
  }

  /// The names in a folder, in no order; none where it cannot be read.
  package static func names(in folder: FilePath) -> [String] {
    guard let stream = folder.withPlatformString({ opendir($0) }) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes what writers that have ended left unfinished in a folder.
  package static func removeAbandoned(in folder: FilePath) {
    for name in names(in: folder) where PartialName.isAbandoned(name) {
      _ = folder.appending(name).withPlatformString { unlink($0) }
    }
  }
}
