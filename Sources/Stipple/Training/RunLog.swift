internal import Files
import Foundation
internal import Synchronization
internal import SystemPackage

/// What happened in a run, a line each with the time, appended to a file.
final class RunLog: Sendable {
  private let descriptor: FileDescriptor

  init(_ path: FilePath) throws {
    do {
      descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .append],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(path, "could not be opened", error)
    }
  }

  deinit { try? descriptor.close() }

  /// Adds a line. A log that cannot be written does not end a run.
  func append(_ text: String) {
    let time = Date.now.formatted(.iso8601)
    _ = try? descriptor.writeAll("\(time) \(text)\n".utf8)
  }
}

/// A number that several threads count up.
final class Counter: Sendable {
  private let count: Mutex<Int>

  init(_ start: Int) { count = Mutex(start) }

  func increment() { count.withLock { $0 += 1 } }
  var value: Int { count.withLock { $0 } }
}
