internal import Files
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much room a file system has.
package enum FreeSpace {
  /// Bytes that may still be written in a folder, or where it would be made; nil where the system does not say.
  package static func bytes(around folder: FilePath) -> Int? {
    let place = Place(folder)
    return bytes(in: place.content == .folder ? folder : place.base.path)
  }

  /// Bytes that may still be written in `folder`; nil where the system does not say.
  package static func bytes(in folder: FilePath) -> Int? {
    var status = statvfs()
    guard folder.withPlatformString({ statvfs($0, &status) }) == 0 else { return nil }
    let (bytes, isTooMuch) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return isTooMuch ? .max : Int(clamping: bytes)
  }
}
