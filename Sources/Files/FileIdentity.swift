internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which file it is, whatever path leads to it.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  /// Its inode.
  package let number: UInt64

  /// Of an open file.
  init?(of file: FileDescriptor) {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Of what has a name, links not followed.
  init?(at path: FilePath) {
    var status = stat()
    guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return nil }
    self.init(status)
  }

  package init(device: UInt64, number: UInt64) {
    (self.device, self.number) = (device, number)
  }

  private init(_ status: stat) {
    self.init(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }
}
