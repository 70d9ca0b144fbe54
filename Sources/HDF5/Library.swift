internal import CHDF5

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The C library, which one thread at a time may use.
///
/// Every function that calls HDF5 begins with `Library.enter()` and `defer { Library.leave() }`.
/// The lock may be entered again by the thread that has it, because a handle can be released in
/// the middle of another call.
package enum Library {
  /// Waits for the library and silences it for this thread.
  package static func enter() {
    pthread_mutex_lock(mutex)
    // Printing is a setting of each thread in the manual's H5Eset_auto2.
    H5Eset_auto2(st_h5_default_stack(), nil, nil)
  }

  /// Lets the next thread in.
  package static func leave() {
    pthread_mutex_unlock(mutex)
  }

  /// The version of the library that runs: "1.10.8".
  package static var version: String {
    enter()
    defer { leave() }
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }

  // The pointer is a constant and a pthread mutex is made to be shared: nothing here can race.
  private nonisolated(unsafe) static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
    // Files are closed by their owners. At exit the library would flush the unfinished ones,
    // perhaps while another thread is inside it.
    H5dont_atexit()
    H5open()
    return mutex
  }()
}
