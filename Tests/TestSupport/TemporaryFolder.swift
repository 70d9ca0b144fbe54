package import Foundation
import Synchronization
package import SystemPackage

/// A new empty folder that is removed with all its contents when its owner lets go of it, or the tests end.
package final class TemporaryFolder: Sendable {
  /// Where the folder is.
  package let path: FilePath

  /// Makes the folder below the system's temporary folder.
  package init() throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "stipple-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = FilePath(url.path)
    _ = Self.removesAllAtExit
    Self.present.withLock { _ = $0.insert(url.path) }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path.string)
    Self.present.withLock { _ = $0.remove(path.string) }
  }

  /// Folders that are there; what tests share nobody lets go of.
  private static let present = Mutex<Set<String>>([])
  private static let removesAllAtExit: Void = {
    atexit {
      for path in TemporaryFolder.present.withLock({ $0 }) {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }()

  /// The path of `name` in the folder.
  package static func / (folder: TemporaryFolder, name: String) -> FilePath {
    folder.path.appending(name)
  }

  /// The names in the folder, hidden ones included, sorted.
  package func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
  }
}

/// Every file below a folder, with its bytes.
package func files(below folder: FilePath) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: folder.string) {
    files[name] = FileManager.default.contents(atPath: folder.pushing(FilePath(name)).string)
  }
  return files
}
