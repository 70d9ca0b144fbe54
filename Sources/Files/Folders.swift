internal import CFilesShim
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

  /// Whether there is something at `path`, links followed.
  ///
  /// - Throws: `FileError` where the system does not say, which is no sign that there is nothing.
  package static func exists(_ path: FilePath) throws(FileError) -> Bool {
    if path.withPlatformString({ access($0, F_OK) }) == 0 { return true }
    if isAbsence(errno) { return false }
    throw FileError(path, "could not be looked for")
  }

  /// The names in a folder, in no order; none where there is no such folder.
  ///
  /// - Throws: `FileError` where it cannot be listed to its end.
  package static func names(in folder: FilePath) throws(FileError) -> [String] {
    let path = folder.isEmpty ? FilePath(".") : folder
    guard let stream = path.withPlatformString({ opendir($0) }) else {
      let error = FileError(folder, "could not be listed")
      var status = stat()
      // Below a file there is nothing either.
      let isThere = path.withPlatformString { lstat($0, &status) } == 0
      if !isThere, errno == ENOENT || errno == ENOTDIR { return [] }
      throw error
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    if errno != 0 { throw FileError(folder, "could not be listed") }
    return names
  }

  /// Whether a failure to find something means that there is nothing: no such file, or a name that none
  /// can have.
  package static func isAbsence(_ code: Int32) -> Bool {
    [ENOENT, ENOTDIR, ENAMETOOLONG, EILSEQ, EINVAL].contains(code)
  }

  /// Gives a file another name unless something has that name.
  ///
  /// - Throws: `FileError`, whose `isCollision` is true where something has.
  package static func rename(_ file: FilePath, ifFree name: FilePath) throws(FileError) {
    let problem = file.withPlatformString { from in
      name.withPlatformString { st_rename_if_free(from, $0) }
    }
    if problem != 0 { throw FileError(file, "could not be renamed", Errno(rawValue: problem)) }
  }

  /// Removes what writers that have ended left unfinished in a folder. What others are writing has its
  /// lock, and stays.
  package static func removeAbandoned(in folder: FilePath) {
    // Where a folder cannot be listed, something is left over and nothing lost.
    for name in (try? names(in: folder)) ?? [] where PartialName.isPartial(name) {
      remove(ifAbandoned: folder.appending(name))
    }
  }

  /// Bytes of unfinished files of some work on `file`.
  package static func unfinishedBytes(of file: FilePath, work: String) -> Int {
    let folder = file.removingLastComponent()
    let own = file.lastComponent?.string ?? ""
    return ((try? names(in: folder)) ?? [])
      .filter { PartialName.isUnfinished($0, of: own, work: work) }
      .reduce(0) { sum, name in
        var status = stat()
        let isThere = folder.appending(name).withPlatformString { lstat($0, &status) } == 0
        return sum + (isThere ? Int(status.st_size) : 0)
      }
  }

  /// Removes unfinished work on `file` that nobody is at, when it is no longer needed.
  package static func removeUnfinished(of file: FilePath) {
    let folder = file.removingLastComponent()
    let own = file.lastComponent?.string ?? ""
    for name in (try? names(in: folder)) ?? []
    where PartialName.isUnfinished(name, of: own, work: nil) {
      remove(ifAbandoned: folder.appending(name))
    }
  }

  private static func remove(ifAbandoned path: FilePath) {
    guard let left = OpenedPartial(claiming: path) else { return }
    _ = path.withPlatformString { unlink($0) }
    left.close()
  }
}
