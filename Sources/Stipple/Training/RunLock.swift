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
/// is for people.
final class RunLock {
  private let descriptor: FileDescriptor

  /// Takes the lock.
  ///
  /// - Throws: `TrainingError.runIsLocked` where another process has it.
  init(_ folder: RunFolder) throws {
    let path = folder.path.appending("lock")
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(path, "could not be opened", error)
    }
    if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
      let cause = Errno(rawValue: errno)
      let owner = Self.text(of: descriptor)
      try? descriptor.close()
      if cause == .wouldBlock {
        throw TrainingError.runIsLocked(folder.path, owner: owner ?? "another process")
      }
      throw FileError(path, "could not be locked", cause)
    }
    _ = ftruncate(descriptor.rawValue, 0)
    _ = try? descriptor.writeAll("process \(getpid()) on \(Self.host)\n".utf8)
  }

  /// Lets another process have the folder.
  func release() { _ = flock(descriptor.rawValue, LOCK_UN) }

  deinit { try? descriptor.close() }

  /// The first line of what the owner has written.
  private static func text(of descriptor: FileDescriptor) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = (try? bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }) ?? 0
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").first
      .map(String.init)
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
