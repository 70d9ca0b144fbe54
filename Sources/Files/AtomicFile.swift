package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is written beside its place and gets its final name only when it is whole.
///
/// Nothing half-written ever has a final name: the temporary file is synced, renamed over the
/// destination, and the folder is synced after it. What is not published is removed.
package struct AtomicFile: ~Copyable {
  /// Where the file will be once published.
  package let destination: FilePath
  /// Where it is written until then: `.NAME.PID-COUNTER-HOST.stipple-partial` in the same folder.
  package let temporary: FilePath

  /// Reserves a temporary name beside `destination`, of which nothing is created yet.
  package init(replacing destination: FilePath) {
    self.destination = destination
    let name = PartialName(of: destination.lastComponent?.string ?? "file")
    temporary = destination.removingLastComponent().appending(name.text)
  }

  deinit {
    _ = temporary.withPlatformString { unlink($0) }
  }

  /// Syncs the temporary file and renames it to its final name.
  ///
  /// - Throws: `FileError` with the destination's path and the system's cause.
  package consuming func publish() throws(FileError) {
    do {
      let descriptor = try FileDescriptor.open(temporary, .readOnly)
      let synced = fsync(descriptor.rawValue)
      let cause = Errno(rawValue: errno)
      try descriptor.close()
      if synced != 0 { throw cause }
    } catch {
      throw FileError(destination, "could not be synced", error)
    }
    let renamed = temporary.withPlatformString { from in
      destination.withPlatformString { to in rename(from, to) }
    }
    if renamed != 0 { throw FileError(destination, "could not be renamed into place") }
    Self.syncFolder(of: destination)
  }

  /// Writes `bytes` as the whole content of `destination`, or leaves it as it was.
  package static func write(_ bytes: some Sequence<UInt8>, to destination: FilePath)
    throws(FileError)
  {
    let file = AtomicFile(replacing: destination)
    do {
      let descriptor = try FileDescriptor.open(
        file.temporary, .writeOnly, options: [.create, .exclusiveCreate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
    } catch {
      throw FileError(destination, "could not be written", error)
    }
    try file.publish()
  }

  /// A rename is on the disk only when its folder is; a file system that cannot sync folders is
  /// left alone.
  private static func syncFolder(of path: FilePath) {
    let parent = path.removingLastComponent()
    let folder = parent.isEmpty ? FilePath(".") : parent
    guard let descriptor = try? FileDescriptor.open(folder, .readOnly) else { return }
    _ = fsync(descriptor.rawValue)
    try? descriptor.close()
  }
}
