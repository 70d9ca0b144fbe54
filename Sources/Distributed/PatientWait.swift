#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Asking again and again whether something has come: often at first, then once a millisecond.
struct PatientWait {
  private var pauses = 0

  /// Sleeps until it is time to ask again.
  mutating func pause() {
    usleep(pauses < 40 ? 50 : 1000)
    pauses += 1
  }

  /// Begins anew, after something has come.
  mutating func reset() { pauses = 0 }
}
