internal import Files
internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The right to write to a run folder, which one process has at a time.
///
/// The system's lock on the file `lock` ends with its process, however that ends; what the file says
/// is for people. On a file system without locks the file holds a random token of its owner, who
/// refreshes it, and two minutes after the last time it is nobody's.
package final class RunLock {
  /// What the file begins with.
  static let beginning = "process "
  private let descriptor: FileDescriptor
  /// What keeps a token fresh; nil where the system's lock serves.
  private let refreshing: RefreshTimer?

  /// Takes the lock.
  ///
  /// - Throws: `RunError.isLocked` where another process has it.
  package init(_ folder: RunFolder) throws {
    let path = folder.lock
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: .everyone)
    } catch {
      throw FileError(path, "could not be opened", error)
    }
    let owner = "\(Self.beginning)\(getpid()) on \(Self.host)\n"
    do {
      if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 {
        refreshing = nil
        Self.write(owner, to: descriptor)
      } else {
        let cause = Errno(rawValue: errno)
        switch cause {
        case .wouldBlock:
          throw RunError.isLocked(
            folder.path, owner: Self.lines(of: descriptor).first ?? "another process")
        case let cause where FileLock.isUnsupported(cause):
          refreshing = try Self.takeByToken(folder, descriptor, owner)
        default: throw FileError(path, "could not be locked", cause)
        }
      }
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  /// Lets another process have the folder.
  package func release() {
    if let refreshing {
      refreshing.stop()
      _ = ftruncate(descriptor.rawValue, 0)
    } else {
      _ = flock(descriptor.rawValue, LOCK_UN)
    }
  }

  deinit { try? descriptor.close() }

  /// Writes a token where there is none that was refreshed of late, and looks whether it stays.
  private static func takeByToken(
    _ folder: RunFolder, _ descriptor: FileDescriptor, _ owner: String
  ) throws -> RefreshTimer {
    func isLocked(by lines: [String]) -> RunError {
      .isLocked(
        folder.path,
        owner:
          "\(lines.first ?? "another process"); this file system has no locks: if that process was killed, the folder is free after \(RefreshTimer.limit) seconds"
      )
    }
    let there = lines(of: descriptor)
    if there.count > 1, let changed = FileSystemClock.changed(descriptor),
      let now = FileSystemClock.now(in: folder.path), now - changed <= RefreshTimer.limit
    {
      throw isLocked(by: there)
    }
    let token = "token " + String(UInt64.random(in: .min ... .max), radix: 16)
    write(owner + token + "\n", to: descriptor)
    // Who came at the same time has written by then; the last token stays.
    sleep(1)
    let found = lines(of: descriptor)
    guard found.last == token else { throw isLocked(by: found) }
    return RefreshTimer {
      if lines(of: descriptor).last == token { write(owner + token + "\n", to: descriptor) }
    }
  }

  private static func write(_ text: String, to descriptor: FileDescriptor) {
    _ = ftruncate(descriptor.rawValue, 0)
    _ = try? descriptor.writeAll(toAbsoluteOffset: 0, text.utf8)
  }

  /// What an owner has written.
  private static func lines(of descriptor: FileDescriptor) -> [String] {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count =
      (try? bytes.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: 0, into: $0) })
      ?? 0
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// This machine's name, as owners write it.
  package static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
