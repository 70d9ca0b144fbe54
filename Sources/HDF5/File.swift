internal import CHDF5
internal import CHDF5Driver
internal import Files
internal import Synchronization
package import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An HDF5 file that is written beside its place until `publish()`.
///
/// One failed call condemns a file that is being written, because the C library reports success
/// for later ones even where the disk was full: such a file is never given its name. A file that
/// is let go without being published leaves nothing behind. May be used from any thread.
package final class File: Sendable {
  /// The file's path, for a new file the one that it will have.
  package let path: FilePath
  let isWritable: Bool
  /// The size of a file that is read, which bounds what it can hold; 0 for a new file.
  let size: Int
  private let state: Mutex<State>

  private struct State: ~Copyable {
    /// Nil once published.
    var handle: Handle?
    var unpublished: AtomicFile?
    var condemnation: HDF5Error?
  }

  /// Begins a new file that will replace `path` when it is published, and removes what writers that
  /// have ended left unfinished beside it.
  ///
  /// - Parameter isLarge: whether chunks go to the disk past the system's cache where they can,
  ///   which is faster for more bytes than one will read again soon.
  /// - Throws: `failed` with the system's cause.
  package static func create(_ path: FilePath, isLarge: Bool = false) throws(HDF5Error) -> File {
    Folders.removeAbandoned(in: path.removingLastComponent())
    let atomic: AtomicFile
    do throws(FileError) {
      atomic = try AtomicFile(replacing: path)
    } catch {
      throw .publishing(error)
    }
    return try create(atomic, isLarge: isLarge)
  }

  /// Begins a file anew in what an interrupted process has left of the same work, if there is any.
  ///
  /// - Parameter work: tells the work from others with the same path.
  /// - Returns: The file, and whether there is any; see `Dataset.takeOver`.
  package static func resume(
    _ work: String, of path: FilePath, isLarge: Bool
  ) throws(HDF5Error) -> (File, hasLeft: Bool) {
    Folders.removeAbandoned(in: path.removingLastComponent())
    let atomic: AtomicFile
    do throws(FileError) {
      atomic = try AtomicFile(resuming: work, of: path)
    } catch {
      throw .publishing(error)
    }
    let hasLeft = atomic.leftBytes > 0
    return (try create(atomic, isLarge: isLarge), hasLeft)
  }

  /// Begins a new file in a partial file, of which nothing is cut off before the end.
  ///
  /// - Throws: `failed` with the system's cause.
  private static func create(
    _ atomic: consuming AtomicFile, isLarge: Bool
  ) throws(HDF5Error) -> File {
    Library.enter()
    defer { Library.leave() }
    let path = atomic.destination
    let access = try makeAccess(path)
    try check(
      st_h5_set_descriptor(access.id, atomic.descriptor.rawValue, isLarge ? 1 : 0), path, failure)
    let creation = Handle(owning: try check(H5Pcreate(st_h5_file_creation()), path, failure))
    // All attributes in the root's header, whose checksum covers them.
    try check(H5Pset_attr_phase_change(creation.id, 64, 0), path, failure)
    try check(H5Pset_obj_track_times(creation.id, false), path, failure)
    let id = atomic.temporary.withPlatformString {
      H5Fcreate($0, st_h5_truncate(), creation.id, access.id)
    }
    try check(id, path, failure)
    return File(path, Handle(owning: id), atomic, size: 0)
  }

  private init(
    _ path: FilePath, _ handle: consuming Handle, _ atomic: consuming AtomicFile?, size: Int
  ) {
    self.path = path
    isWritable = atomic != nil
    self.size = size
    state = Mutex(State(handle: handle, unpublished: atomic, condemnation: nil))
  }

  deinit {
    // On a full disk the library can neither write out nor close the file, and would keep its
    // space until the process ends.
    state.withLock { state in
      guard let descriptor = state.unpublished?.descriptor else { return }
      _ = ftruncate(descriptor.rawValue, 0)
    }
  }

  /// The group that holds all others.
  package var root: Group {
    get throws(HDF5Error) {
      Library.enter()
      defer { Library.leave() }
      let file = state.withLock { $0.handle?.id ?? -1 }
      let id = try check(H5Gopen2(file, "/", st_h5_default()), "could not be read")
      return Group(Location(self, "", Handle(owning: id)))
    }
  }

  /// Writes everything out, closes the file, syncs it and gives it its name. Groups and datasets
  /// of the file are closed with it.
  ///
  /// - Parameter replacing: whether a file that has the name is replaced.
  /// - Throws: `condemned` where any call has failed before, `failed`, or `publishing`.
  package func publish(replacing: Bool = true) throws(HDF5Error) {
    precondition(isWritable, "a file that is read has nothing to publish")
    try flushAndClose()
    let problem = state.withLock { state -> HDF5Error? in
      guard let atomic = state.unpublished.take() else {
        preconditionFailure("a file is published once")
      }
      do throws(FileError) {
        try atomic.publish(replacing: replacing)
        return nil
      } catch {
        return .publishing(error)
      }
    }
    if let problem { throw problem }
  }

  /// Closes the file and leaves what is written for a process that does the same work again.
  package func keep() {
    Library.enter()
    defer { Library.leave() }
    state.withLock { state in
      // Where this fails, that process finds out what is missing.
      _ = st_h5_keep_length(state.handle?.id ?? -1)
      _ = state.handle.take()?.close()
      state.unpublished.take()?.keep()
    }
  }

  /// What lies in a file that is being written, where it is not the library's doing.
  ///
  /// - Returns: Whether there were as many bytes as `buffer` takes.
  func readLeft(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    let descriptor = state.withLock { $0.unpublished?.descriptor }
    guard let descriptor else { return false }
    return (try? descriptor.readAll(at: offset, into: buffer)) == buffer.count
  }

  /// Cuts off what an earlier process has left from `offset` on.
  func cutLeft(from offset: Int) {
    state.withLock { state in
      guard let descriptor = state.unpublished?.descriptor else { return }
      _ = ftruncate(descriptor.rawValue, off_t(offset))
    }
  }

  /// The library's identifier of the file.
  var identifier: hid_t { state.withLock { $0.handle?.id ?? -1 } }

  private func flushAndClose() throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    if let condemnation = state.withLock({ $0.condemnation }) {
      throw .condemned(path: path.string, cause: condemnation.cause)
    }
    let id = state.withLock { $0.handle?.id ?? -1 }
    try check(H5Fflush(id, H5F_SCOPE_LOCAL), Self.failure)
    let closed = state.withLock { $0.handle.take()?.close() ?? 0 }
    try check(closed, Self.failure)
  }

  private static let failure = "could not be written"

  /// The format of HDF5 1.10, no lock on the file, and all objects closed with it.
  ///
  /// With that of 1.8 the index of a dataset's chunks has no checksum: of 600 flipped bits 6
  /// changed what was read and went unnoticed. With this one none of 20,000 did.
  private static func makeAccess(_ path: FilePath) throws(HDF5Error) -> Handle {
    let id = try check(H5Pcreate(st_h5_file_access()), path, "could not be opened")
    let access = Handle(owning: id)
    try check(H5Pset_fclose_degree(id, H5F_CLOSE_STRONG), path, "could not be opened")
    try check(
      H5Pset_libver_bounds(id, H5F_LIBVER_V110, H5F_LIBVER_V110), path, "could not be opened")
    // The user's HDF5_USE_FILE_LOCKING has precedence over this.
    try check(H5Pset_file_locking(id, false, true), path, "could not be opened")
    return access
  }
}

extension File {
  /// Passes on a call's result, or throws what the C library's error stack says.
  @discardableResult
  func check<Result: FixedWidthInteger & SignedInteger>(
    _ result: Result, _ failure: @autoclosure () -> String
  ) throws(HDF5Error) -> Result {
    guard result < 0 else { return result }
    let error = HDF5Error(path: path.string, failure: failure(), stack: ErrorStack())
    if isWritable { state.withLock { $0.condemnation = $0.condemnation ?? error } }
    throw error
  }

  /// The same where there is no file yet.
  @discardableResult
  private static func check<Result: FixedWidthInteger & SignedInteger>(
    _ result: Result, _ path: FilePath, _ failure: String
  ) throws(HDF5Error) -> Result {
    guard result < 0 else { return result }
    throw HDF5Error(path: path.string, failure: failure, stack: ErrorStack())
  }
}
