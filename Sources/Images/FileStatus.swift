internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Which file it is, whatever path leads to it.
struct FileIdentity: Hashable {
  let device: UInt64
  let number: UInt64
}

/// What the system says of a file, links followed.
struct FileStatus {
  enum Kind { case file, folder }

  /// A folder, or anything else.
  let kind: Kind
  let identity: FileIdentity
  /// In bytes.
  let size: Int

  /// Nil where nothing can be found, with the cause in `errno`.
  init?(_ path: FilePath) {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
    kind = status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    identity = FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    size = Int(status.st_size)
  }
}
