import Synchronization

/// A clock that goes on by a second each time that it is looked at.
package final class CountingClock: Sendable {
  private let looks = Mutex(0)

  package init() {}

  /// The time.
  package var now: Duration {
    looks.withLock {
      $0 += 1
      return .seconds($0)
    }
  }
}
