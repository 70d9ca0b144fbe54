package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the system says of a file, links followed.
package struct FileStatus {
  package enum Kind { case file, folder }

  /// A folder, or anything else.
  package let kind: Kind
  package let identity: FileIdentity
  /// In bytes.
  package let size: Int

  /// Nil where there is nothing.
  ///
  /// - Throws: `FileError` where the system does not say, which is no sign that there is nothing.
  package init?(ifThere path: FilePath) throws(FileError) {
    do throws(FileError) {
      try self.init(path)
    } catch {
      guard Folders.isAbsence(errno) else { throw error }
      return nil
    }
  }

  /// Whether a path itself is a link.
  package static func isLink(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// - Throws: `FileError` where there is nothing, too.
  package init(_ path: FilePath) throws(FileError) {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      throw FileError(path, "could not be looked for")
    }
    kind = status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    identity = FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    size = Int(status.st_size)
  }
}
