package import Checkpoints
internal import Dispatch
internal import Files
internal import Images
package import PNGCodec
internal import Synchronization
package import SystemPackage

/// Encodes and writes images while the next ones are computed.
///
/// A file is on the disk only after a wait for it, so several are under way at once; past that many
/// the caller waits. What writers that have ended left unfinished in a folder is removed before the
/// first image goes there.
package final class PNGWriters: Sendable {
  private let threads: WorkerPool
  private let places: DispatchSemaphore
  private let failure = Mutex<PNGError?>(nil)
  private let cleared = Mutex<Set<FilePath>>([])
  private let count: Int

  /// - Parameter count: files under way at once.
  package init(count: Int = 8) {
    self.count = count
    threads = WorkerPool(threads: count)
    places = DispatchSemaphore(value: 0)
    for _ in 0..<count { places.signal() }
  }

  /// Begins to write an image; throws what an earlier one met, when none is under way any more.
  ///
  /// What has appeared at `path` meanwhile, perhaps by another command, stays as `existing` says; it is an
  /// error where it tells something else of itself.
  package func write(
    _ image: PixelImage, _ provenance: Provenance, to path: FilePath,
    over existing: Existing = .keptIfSame
  ) throws(ImageNotWritten) {
    try begin(path, provenance, existing) { replacing throws(PNGError) in
      try PNGWriter.write(image, text: provenance.chunks, to: path, replacing: replacing)
    }
  }

  /// The same for a picture with what it carries.
  package func write(
    _ picture: FinishedPicture, _ provenance: Provenance, to path: FilePath,
    over existing: Existing = .keptIfSame
  ) throws(ImageNotWritten) {
    try begin(path, provenance, existing) { replacing throws(PNGError) in
      try picture.write(provenance, to: path, replacing: replacing)
    }
  }

  private func begin(
    _ path: FilePath, _ provenance: Provenance, _ existing: Existing,
    _ write: @escaping @Sendable (_ replacing: Bool) throws(PNGError) -> Void
  ) throws(ImageNotWritten) {
    places.wait()
    if failure.withLock({ $0 }) != nil {
      places.signal()
      try finish()
    }
    removeLeft(beside: path)
    threads.run { [self] in
      defer { places.signal() }
      do throws(PNGError) {
        try Self.write(path, provenance, existing, write)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }

  /// What becomes of an image that is at the place of a new one.
  package enum Existing: Sendable {
    /// One that tells the same of itself stays.
    case keptIfSame
    /// One that tells the same is replaced.
    case replacedIfSame
    /// Anything is replaced.
    case replaced
  }

  private static func write(
    _ path: FilePath, _ provenance: Provenance, _ existing: Existing,
    _ write: (_ replacing: Bool) throws(PNGError) -> Void
  ) throws(PNGError) {
    if existing == .replaced { return try write(true) }
    if existing == .replacedIfSame, (try? Provenance(of: path)) == provenance {
      return try write(true)
    }
    do throws(PNGError) {
      return try write(false)
    } catch {
      guard case .system(let cause) = error, cause.isCollision else { throw error }
    }
    let found = try? Provenance(of: path)
    guard found == provenance else { throw refusal(path, found) }
    if existing == .replacedIfSame { try write(true) }
  }

  private static func refusal(_ path: FilePath, _ found: Provenance?) -> PNGError {
    .system(
      FileError(
        path, "was not written",
        cause: (found == nil
          ? "a file that Stipple did not make" : "an image that was made with other settings")
          + " appeared there; give another folder, or remove it"))
  }

  /// Removes what writers that have ended left unfinished beside `path`; also where nothing is to be written.
  package func removeLeft(beside path: FilePath) {
    let folder = path.removingLastComponent()
    if cleared.withLock({ $0.insert(folder).inserted }) { Folders.removeAbandoned(in: folder) }
  }

  /// Waits until all are written.
  package func finish() throws(ImageNotWritten) {
    threads.wait()
    if let cause = failure.withLock({ $0 }) { throw ImageNotWritten(cause: cause) }
  }
}

/// A result that could not be written. An image that cannot be read is left out; where one cannot be
/// written, such as on a full disk, neither can the next, and the job ends.
package struct ImageNotWritten: Error, CustomStringConvertible {
  /// What the disk says.
  package let cause: PNGError

  /// `<path>: <what failed>: <cause>`.
  package var description: String { cause.description }
}
