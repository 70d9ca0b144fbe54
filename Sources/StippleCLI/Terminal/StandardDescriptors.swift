#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard input, output and error, of which a daemon's program may be given none.
enum StandardDescriptors {
  /// Takes the numbers 0 to 2 where nothing has them, so that no file of ours is ever written to as
  /// if it were a terminal.
  ///
  /// Has to come before anything else opens a file. What takes a number's place fails as nothing
  /// would: `EBADF` for whoever reads from 0 or writes to 1 or 2.
  static func occupy() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
      // Those below are taken, so that this is the number that the system gives.
      let descriptor = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
      if descriptor != number {
        // Without it there is no saying so either.
        _exit(EXIT_FAILURE)
      }
    }
  }
}
