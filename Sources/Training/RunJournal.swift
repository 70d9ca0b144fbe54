internal import Files
import Foundation
internal import Synchronization
internal import SystemPackage

/// What a run tells: to the one who watches it, and a line each with the time to its log.
///
/// May be used from any thread.
final class RunJournal: Sendable {
  /// What tells the run the time.
  let clocks: Clocks
  private let descriptor: FileDescriptor?
  private let rank: Int
  private let report: @Sendable (TrainingEvent) -> Void
  private let unreadable: Mutex<Int>

  /// - Parameters:
  ///   - path: the log, which is appended to.
  ///   - rank: of this process; only the first reports anything.
  ///   - unreadableImages: how many are known already.
  init(
    _ path: FilePath, rank: Int = 0, unreadableImages: Int, clocks: Clocks,
    _ report: @escaping @Sendable (TrainingEvent) -> Void
  ) throws {
    self.rank = rank
    descriptor =
      rank > 0 ? nil : try RegularFile.open(path, .writeOnly, options: [.create, .append])
    unreadable = Mutex(unreadableImages)
    self.report = report
    self.clocks = clocks
  }

  deinit { try? descriptor?.close() }

  /// Tells something.
  func note(_ text: String) {
    log(text)
    if rank == 0 { report(.note(text)) }
  }

  /// Adds a line to the log alone. A log that cannot be written does not end a run.
  func log(_ text: String) {
    let line = "\(clocks.timestamp) \(PrintableText.escaped(text))\n"
    _ = try? descriptor?.writeAll(line.utf8)
  }

  func show(_ progress: TrainingEvent.Progress) { if rank == 0 { report(.step(progress)) } }

  /// Tells that a picture of samples is there.
  func show(samples path: FilePath) { if rank == 0 { report(.samples(path)) } }

  /// Reports an image that could not be read, and counts it.
  func leaveOut(_ error: String) {
    unreadable.withLock { $0 += 1 }
    note("left out: \(error)")
  }

  var unreadableImages: Int { unreadable.withLock { $0 } }
}
