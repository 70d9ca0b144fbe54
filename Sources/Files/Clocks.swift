public import Foundation

/// What tells the time to work that dates its files, ends after a time or measures how long it takes.
///
/// Work reads no other clock, so that who gives it one decides what time it is.
public struct Clocks: Sendable {
  /// The date.
  public var date: @Sendable () -> Date
  /// How long the process has run since some moment before.
  public var elapsed: @Sendable () -> Duration

  /// Clocks of one's own.
  public init(date: @escaping @Sendable () -> Date, elapsed: @escaping @Sendable () -> Duration) {
    (self.date, self.elapsed) = (date, elapsed)
  }

  /// The system's clock for dates, and `WorkClock`, which stands still while the process cannot run.
  public static let system = Clocks(date: { .now }, elapsed: { WorkClock.now })

  /// The date as files have it: `2026-05-01T12:00:00Z`.
  package var timestamp: String { date().formatted(.iso8601) }

  /// How long `work` took.
  package func measure(_ work: () throws -> Void) rethrows -> Duration {
    let start = elapsed()
    try work()
    return elapsed() - start
  }
}
