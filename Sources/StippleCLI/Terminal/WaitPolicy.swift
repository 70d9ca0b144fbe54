#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the compute threads wait for each other.
///
/// libgomp's threads spin, and where other programs want the same processors they spin away each
/// other's time. Asleep they cost next to nothing, but take a while to wake up, so they spin for some
/// microseconds first. libgomp reads its settings before `main`, so the program starts itself anew
/// with them. A user's own settings stay.
enum WaitPolicy {
  private static let settings = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"]

  static func apply() {
    #if os(Linux)
      if settings.contains(where: { getenv($0) != nil }) { return }
      setenv("GOMP_SPINCOUNT", "1000", 1)
      // Where this fails, the program goes on as it is.
      execv("/proc/self/exe", CommandLine.unsafeArgv)
    #endif
  }
}
