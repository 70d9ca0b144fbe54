internal import CFilesShim
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a folder's file system can do of what atomic files and locks rely on, found by doing it with files that are
/// removed again.
package struct FolderProbe: Sendable, Equatable {
  /// Whether a second process would be kept from a locked file; nil where the file system has no locks, so that
  /// `FileLock` goes by times.
  package let locks: Bool?
  /// Whether a file can be renamed over another.
  package let replaces: Bool
  /// Whether a file keeps its content when another is to be renamed to its name only if that is free.
  package let protects: Bool
  /// Whether written bytes can be synced to the disk.
  package let syncs: Bool

  /// What all is well with.
  package static let sound = FolderProbe(locks: true, replaces: true, protects: true, syncs: true)

  package init(locks: Bool?, replaces: Bool, protects: Bool, syncs: Bool) {
    (self.locks, self.replaces, self.protects, self.syncs) = (locks, replaces, protects, syncs)
  }

  /// Tries it in `folder`.
  ///
  /// - Throws: `FileError` where no file can be written there.
  package init(_ folder: FilePath) throws(FileError) {
    let first = try Trial(in: folder)
    let second = try Trial(in: folder)
    syncs = fsync(first.descriptor.rawValue) == 0
    locks = try first.isLockedForOthers()
    let (from, to) = (first.path, second.path)
    protects = from.withPlatformString { from in
      to.withPlatformString { st_rename_if_free(from, $0) == EEXIST }
    }
    replaces = from.withPlatformString { from in to.withPlatformString { rename(from, $0) == 0 } }
  }

  /// A small file that goes with this value.
  private struct Trial: ~Copyable {
    let path: FilePath
    let descriptor: FileDescriptor

    init(in folder: FilePath) throws(FileError) {
      let path = folder.appending(PartialName.partial(of: "probe"))
      let file: FileDescriptor
      do {
        file = try FileDescriptor.open(
          path, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
          permissions: .everyone)
      } catch {
        throw FileError(folder, "no file can be written here", error)
      }
      self.path = path
      descriptor = file
    }

    deinit {
      _ = path.withPlatformString { unlink($0) }
      try? descriptor.close()
    }

    /// Nil where the file system says that it has no locks.
    func isLockedForOthers() throws(FileError) -> Bool? {
      guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        return FileLock.isUnsupported(Errno(rawValue: errno)) ? nil : false
      }
      do {
        // A lock belongs to an open file, so that opening it again is as good as another process.
        let other = try FileDescriptor.open(path, .readWrite, options: [.closeOnExec])
        defer { try? other.close() }
        return flock(other.rawValue, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
      } catch {
        throw FileError(path, "could not be opened again", error)
      }
    }
  }
}
