internal import Dispatch
internal import Files
package import PNGCodec
internal import Synchronization
package import SystemPackage

/// Encodes and writes images while the next ones are computed.
///
/// A file is on the disk only after a wait for it, so several are under way at once; past that many
/// the caller waits. What writers that have ended left unfinished in a folder is removed before the
/// first image goes there.
package final class PNGWriters: Sendable {
  private let queue = DispatchQueue(label: "stipple.png", attributes: .concurrent)
  private let places: DispatchSemaphore
  private let group = DispatchGroup()
  private let failure = Mutex<PNGError?>(nil)
  private let cleared = Mutex<Set<FilePath>>([])
  private let count: Int

  /// - Parameter count: files under way at once.
  package init(count: Int = 8) {
    self.count = count
    places = DispatchSemaphore(value: 0)
    for _ in 0..<count { places.signal() }
  }

  /// Begins to write an image; throws what an earlier one met, when none is under way any more.
  package func write(_ image: PixelImage, _ provenance: Provenance, to path: FilePath)
    throws(ImageNotWritten)
  {
    try begin(path) { () throws(PNGError) in
      try PNGWriter.write(image, text: provenance.chunks, to: path)
    }
  }

  /// The same for a picture with what it carries.
  func write(_ picture: FinishedPicture, _ provenance: Provenance, to path: FilePath)
    throws(ImageNotWritten)
  {
    try begin(path) { () throws(PNGError) in try picture.write(provenance, to: path) }
  }

  private func begin(_ path: FilePath, _ write: @escaping @Sendable () throws(PNGError) -> Void)
    throws(ImageNotWritten)
  {
    places.wait()
    if failure.withLock({ $0 }) != nil {
      places.signal()
      try finish()
    }
    let folder = path.removingLastComponent()
    if cleared.withLock({ $0.insert(folder).inserted }) { Folders.removeAbandoned(in: folder) }
    queue.async(group: group) { [self] in
      defer { places.signal() }
      do throws(PNGError) {
        try write()
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }

  /// Waits until all are written.
  package func finish() throws(ImageNotWritten) {
    group.wait()
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
