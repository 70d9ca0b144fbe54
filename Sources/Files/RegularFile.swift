package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files that a run folder keeps: opened only where they are plain files.
package enum RegularFile {
  /// Opens a file, which is created where `options` say so.
  ///
  /// A pipe in its place would be waited for without end.
  ///
  /// - Throws: `FileError`, also where there is a pipe, a socket, a device or a folder.
  package static func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode,
    options: FileDescriptor.OpenOptions = []
  ) throws(FileError) -> FileDescriptor {
    let failure = "could not be opened"
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        path, mode, options: options.union([.closeOnExec, .nonBlocking]),
        permissions: .everyone)
    } catch Errno.noSuchAddressOrDevice {
      // A pipe that nobody reads.
      throw FileError(path, failure, cause: notRegular)
    } catch {
      throw FileError(path, failure, error)
    }
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      try? descriptor.close()
      throw FileError(path, failure, cause: notRegular)
    }
    return descriptor
  }

  private static let notRegular = "it is not a regular file"
}
