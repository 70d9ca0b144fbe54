package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files that may be anything, opened only where they are plain files.
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
    try opened(path, mode, options).descriptor
  }

  /// Opens a file for reading.
  ///
  /// - Returns: the descriptor, which the caller closes, and the file's size in bytes.
  /// - Throws: as `open`.
  package static func openForReading(
    _ path: FilePath, followingLinks: Bool = true
  ) throws(FileError) -> (descriptor: FileDescriptor, size: Int) {
    try opened(path, .readOnly, followingLinks ? [] : .noFollow)
  }

  /// Whether there is a file, no link, with this content.
  package static func holds(_ content: [UInt8], at path: FilePath) -> Bool {
    guard let (descriptor, size) = try? opened(path, .readOnly, .noFollow) else { return false }
    defer { try? descriptor.close() }
    guard size == content.count else { return false }
    var found = [UInt8](repeating: 0, count: size)
    let count = try? found.withUnsafeMutableBytes { try descriptor.readAll(at: 0, into: $0) }
    return count == size && found == content
  }

  /// All bytes of a file.
  package static func bytes(of path: FilePath) throws(FileError) -> [UInt8] {
    let (descriptor, size) = try openForReading(path)
    defer { try? descriptor.close() }
    var bytes = [UInt8](repeating: 0, count: size)
    do {
      let count = try bytes.withUnsafeMutableBytes { try descriptor.readAll(at: 0, into: $0) }
      bytes.removeLast(size - count)
    } catch {
      throw FileError(path, "could not be read", error)
    }
    return bytes
  }

  private static func opened(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions
  ) throws(FileError) -> (descriptor: FileDescriptor, size: Int) {
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
    return (descriptor, Int(status.st_size))
  }

  private static let notRegular = "it is not a regular file"
}

extension FileDescriptor {
  /// Reads from `offset` until the buffer is full or the file ends.
  ///
  /// - Returns: how many bytes were read: fewer than the buffer takes only at the file's end.
  package func readAll(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = try read(fromAbsoluteOffset: Int64(offset + done), into: rest)
      if count == 0 { break }
      done += count
    }
    return done
  }
}
