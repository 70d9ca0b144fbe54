internal import Foundation
package import SystemPackage

/// The folder of reference values that the golden tests read, made by its `make_golden.py`.
///
/// It is `Tests/Fixtures/golden`, or the folder named by the environment variable `STIPPLE_GOLDEN`.
package enum GoldenFolder {
  /// Where the folder is.
  package static var path: FilePath {
    if let chosen = ProcessInfo.processInfo.environment["STIPPLE_GOLDEN"], !chosen.isEmpty {
      return FilePath(chosen)
    }
    return FilePath(#filePath).removingLastComponent().removingLastComponent()
      .appending("Fixtures").appending("golden")
  }

  /// The path of the file `name` in the folder.
  package static func file(_ name: String) -> FilePath { path.appending(name) }

  /// The cases that are folders of their own and whose names start with `prefix`, sorted.
  package static func cases(withPrefix prefix: String) -> [FilePath] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
    return names.filter { $0.hasPrefix(prefix) }.sorted().map { path.appending($0) }.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: $0.string, isDirectory: &isFolder)
        && isFolder.boolValue
    }
  }
}
