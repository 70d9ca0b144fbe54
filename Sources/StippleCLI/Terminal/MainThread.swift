#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The thread that runs a command, with a stack as large as the program needs however small the
/// user's limit is (`ulimit -s`).
enum MainThread {
  private static let stackBytes = 8 << 20

  /// Runs `body`, which ends the program, on this thread or on one with a larger stack.
  static func run(_ body: @convention(c) () -> Void) {
    var limit = rlimit()
    #if canImport(Glibc)
      getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit)
    #else
      getrlimit(RLIMIT_STACK, &limit)
    #endif
    if limit.rlim_cur >= stackBytes { return body() }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackBytes)
    raiseDefault(to: &attributes)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { body in
        if let body { unsafeBitCast(body, to: (@convention(c) () -> Void).self)() }
        return nil
      }, unsafeBitCast(body, to: UnsafeMutableRawPointer.self))
    if code != 0 { return body() }
    pthread_join(thread, nil)
  }

  /// Gives the threads that libraries start such a stack too, which else has the limit's size.
  private static func raiseDefault(to attributes: inout pthread_attr_t) {
    // A function of the GNU library's that Swift's view of it does not have.
    guard let symbol = dlsym(nil, "pthread_setattr_default_np") else { return }
    typealias Function = @convention(c) (UnsafePointer<pthread_attr_t>) -> CInt
    _ = unsafeBitCast(symbol, to: Function.self)(&attributes)
  }
}
