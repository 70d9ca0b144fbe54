internal import Checkpoints
internal import Files
internal import Reports

/// Keeps a run's page up to date while it trains, in so little of its time that nobody notices.
///
/// A page is left out where writing it would bring its share of the session's time above a part in 250; the one
/// at the end never is.
final class RunPages {
  /// The part of the session's time that pages may have.
  private static let share = 0.004
  /// That every session has at once, so that its first checkpoint shows.
  private static let allowance = Duration.milliseconds(100)

  private let folder: RunFolder
  private let isWriting: Bool
  private let journal: RunJournal
  private let start: Duration
  private var spent: Duration = .zero
  /// What the last page took.
  private var last: Duration = .zero
  private var report: RunReport?
  private var hasFailed = false

  /// - Parameter isWriting: whether this process is the one that writes.
  init(_ folder: RunFolder, isWriting: Bool, _ journal: RunJournal) {
    (self.folder, self.isWriting, self.journal) = (folder, isWriting, journal)
    start = isWriting ? journal.clocks.elapsed() : .zero
  }

  /// Writes the page where there is time for it. A failure is reported once and does not end the run.
  ///
  /// - Parameters:
  ///   - isLast: whether there will be none after it in this session.
  ///   - tellsFailure: whether a failure is news: where the run has failed, what failed is told already.
  func write(isLast: Bool = false, tellsFailure: Bool = true) {
    guard isWriting else { return }
    let begin = journal.clocks.elapsed()
    if !isLast, spent + last > Self.allowance + (begin - start) * Self.share { return }
    do {
      if report == nil { report = try RunReport(folder) } else { try report?.update() }
      try report?.write()
    } catch {
      if !hasFailed, tellsFailure { journal.note("\(error); training continues without this page") }
      hasFailed = true
    }
    last = journal.clocks.elapsed() - begin
    spent += last
  }
}
