internal import Files
package import SystemPackage

extension Page {
  /// Writes the page, whole or not at all, and makes the folder for it.
  ///
  /// - Returns: its bytes.
  @discardableResult
  package func write(to path: FilePath) throws -> Int {
    let bytes = Array(text.utf8)
    try Folders.make(path.removingLastComponent())
    try AtomicFile.write(bytes, to: path)
    return bytes.count
  }
}
