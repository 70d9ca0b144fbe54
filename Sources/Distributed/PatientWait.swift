#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Asking again and again whether something has come: at once at first, then less and less often, down to once a
/// millisecond.
struct PatientWait {
  private var pauses = 0

  /// Lets others compute until it is time to ask again.
  mutating func pause() {
    switch pauses {
    case ..<200: sched_yield()
    case ..<240: usleep(50)
    default: usleep(1000)
    }
    pauses += 1
  }

  /// Begins anew, after something has come.
  mutating func reset() { pauses = 0 }
}
