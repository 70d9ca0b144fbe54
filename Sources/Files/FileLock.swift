internal import Dispatch
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The lock on a partial file, which ends with its process, however that ends.
///
/// It is the system's lock on the open file, so that it is seen across containers and, where the file
/// system passes locks on, across machines. Where there are no locks the owner refreshes the file's time
/// instead, and a file whose time stands still is nobody's.
package struct FileLock: Sendable {
  /// Nil where the system's lock serves.
  private let refreshing: RefreshTimer?

  /// Takes the lock of a file that this process has created; nil where somebody was quicker.
  init?(new file: FileDescriptor) {
    switch Self.lock(file) {
    case .taken: refreshing = nil
    case .busy: return nil
    case .unsupported, .failed:
      refreshing = RefreshTimer { _ = futimens(file.rawValue, nil) }
    }
  }

  /// Takes the lock of a file that was there; nil where somebody has it, or may have it.
  init?(existing file: FileDescriptor, in folder: FilePath) {
    switch Self.lock(file) {
    case .taken: refreshing = nil
    case .busy, .failed: return nil
    case .unsupported:
      guard let changed = FileSystemClock.changed(file),
        let now = FileSystemClock.now(in: folder), now - changed > RefreshTimer.limit
      else { return nil }
      refreshing = RefreshTimer { _ = futimens(file.rawValue, nil) }
    }
  }

  /// Whether only the file's time shows that it is locked.
  var isByTime: Bool { refreshing != nil }

  /// Ends the refreshing; the system's lock ends when the file is closed.
  func release() { refreshing?.stop() }

  private enum Outcome { case taken, busy, unsupported, failed }

  private static func lock(_ file: FileDescriptor) -> Outcome {
    while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: return .busy
      case let code where isUnsupported(Errno(rawValue: code)): return .unsupported
      default: return .failed
      }
    }
    return .taken
  }

  /// Whether this is what a file system without locks says.
  package static func isUnsupported(_ cause: Errno) -> Bool {
    [ENOLCK, ENOSYS, EOPNOTSUPP, ENOTSUP, EINVAL].contains(cause.rawValue)
  }
}

/// Does something now and then, to show others that its process lives.
package final class RefreshTimer: Sendable {
  /// Seconds between two times.
  package static let interval = 20
  /// Seconds after which a file that nobody has refreshed is nobody's.
  package static let limit = 120

  private let queue = DispatchQueue(label: "stipple.refresh")
  // Made once, and only told to stop: libdispatch's objects may be used from any thread.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  package init(_ refresh: @escaping @Sendable () -> Void) {
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now() + .seconds(Self.interval), repeating: .seconds(Self.interval))
    timer.setEventHandler(handler: refresh)
    timer.resume()
  }

  deinit { timer.cancel() }

  /// Returns when nothing is being done any more.
  package func stop() {
    timer.cancel()
    queue.sync {}
  }
}

/// The time as a file system has it, which may be another machine's.
package enum FileSystemClock {
  /// Seconds; nil where no file can be made in `folder`.
  package static func now(in folder: FilePath) -> Int? {
    let path = folder.appending(PartialName.partial(of: "clock"))
    guard
      let file = try? FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: .everyone)
    else { return nil }
    defer {
      _ = path.withPlatformString { unlink($0) }
      try? file.close()
    }
    return changed(file)
  }

  /// Seconds of an open file's last change.
  package static func changed(_ file: FileDescriptor) -> Int? {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { return nil }
    #if canImport(Glibc)
      return status.st_mtim.tv_sec
    #else
      return status.st_mtimespec.tv_sec
    #endif
  }
}
