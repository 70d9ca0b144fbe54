internal import CFilesShim
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is written beside its place and gets its final name only when it is whole.
///
/// Nothing half-written ever has a final name: the partial file is synced, renamed to the
/// destination, and the folder is synced after it. What is not published is removed. While it is
/// written the process holds its lock, by which others tell it from what a dead process has left.
package struct AtomicFile: ~Copyable {
  /// Where the file will be once published.
  package let destination: FilePath
  /// Where it is written until then, in the same folder; see `PartialName`.
  package let temporary: FilePath
  /// The partial file, open for reading and writing; this value closes it.
  package let descriptor: FileDescriptor
  /// Bytes that an earlier process has left in it.
  package let leftBytes: Int
  private let lock: FileLock
  private var isKept = false

  /// Creates the partial file of `destination`, which nobody else has open.
  ///
  /// - Throws: `FileError` with the destination's path and the system's cause.
  package init(replacing destination: FilePath) throws(FileError) {
    let name = destination.lastComponent?.string ?? "file"
    self.init(destination, try Self.create(destination) { PartialName.partial(of: name) })
  }

  /// Takes over what an interrupted process has left of the same work on `destination`, or creates a
  /// partial file that can be taken over in its turn, see `keep()`.
  ///
  /// - Parameter work: tells the work from others with the same destination.
  package init(resuming work: String, of destination: FilePath) throws(FileError) {
    let name = destination.lastComponent?.string ?? "file"
    let folder = destination.removingLastComponent()
    for found in (try? Folders.names(in: folder)) ?? []
    where PartialName.isUnfinished(found, of: name, work: work) {
      guard let left = OpenedPartial(claiming: folder.appending(found)) else { continue }
      if left.isOwn, let taken = left.taken(as: PartialName.unfinished(of: name, work: work)) {
        self.init(destination, taken)
        return
      }
      left.close()
    }
    self.init(
      destination, try Self.create(destination) { PartialName.unfinished(of: name, work: work) })
  }

  private init(_ destination: FilePath, _ partial: OpenedPartial) {
    self.destination = destination
    temporary = partial.path
    descriptor = partial.descriptor
    lock = partial.lock
    leftBytes = partial.size
  }

  /// Creates a file that was not there before, links not followed, and locks it. All partial files
  /// come from here.
  private static func create(
    _ destination: FilePath, named name: () -> String
  ) throws(FileError) -> OpenedPartial {
    let folder = destination.removingLastComponent()
    // Random names do not meet by chance more than once.
    for _ in 0..<100 {
      let path = folder.appending(name())
      let file: FileDescriptor
      do {
        file = try FileDescriptor.open(
          path, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
          permissions: .everyone)
      } catch {
        if (error as? Errno) == .fileExists { continue }
        throw FileError(destination, "could not be written", error)
      }
      // Somebody may have taken it for left over before it was locked.
      if let partial = OpenedPartial(created: file, at: path) { return partial }
      try? file.close()
    }
    throw FileError(
      destination, "could not be written", cause: "others have all the names for its parts")
  }

  deinit {
    if !isKept { _ = temporary.withPlatformString { unlink($0) } }
    lock.release()
    try? descriptor.close()
  }

  /// Leaves the partial file for a later process that does the same work.
  package consuming func keep() { isKept = true }

  /// Syncs the partial file and renames it to its final name.
  ///
  /// - Parameter replacing: whether what has that name is replaced; else it is an error, whose
  ///   `isCollision` is true.
  /// - Throws: `FileError` with the destination's path and the system's cause.
  package consuming func publish(replacing: Bool = true) throws(FileError) {
    if fsync(descriptor.rawValue) != 0 { throw FileError(destination, "could not be synced") }
    let problem = temporary.withPlatformString { from in
      destination.withPlatformString { to in
        replacing ? (rename(from, to) == 0 ? 0 : errno) : st_rename_if_free(from, to)
      }
    }
    if problem != 0 {
      throw FileError(destination, "could not be renamed into place", Errno(rawValue: problem))
    }
    Self.syncFolder(of: destination)
  }

  /// Writes `bytes` as the whole content of `destination`, or leaves it as it was.
  package static func write(
    _ bytes: some Sequence<UInt8>, to destination: FilePath, replacing: Bool = true
  ) throws(FileError) {
    let file = try AtomicFile(replacing: destination)
    do {
      _ = try file.descriptor.writeAll(bytes)
    } catch {
      throw FileError(destination, "could not be written", error)
    }
    try file.publish(replacing: replacing)
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

extension FilePermissions {
  /// Read and write for all whom the umask does not exclude.
  package static let everyone: FilePermissions = [
    .ownerReadWrite, .groupReadWrite, .otherReadWrite,
  ]
}
