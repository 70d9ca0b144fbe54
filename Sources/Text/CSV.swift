internal import Files
package import SystemPackage

/// Comma-separated values (RFC 4180).
package enum CSV {
  /// Writes a table, and makes the folder for it.
  package static func write(_ text: String, to path: FilePath) throws {
    try Folders.make(path.removingLastComponent())
    try AtomicFile.write(text.utf8, to: path)
  }

  /// A text as a cell, in quotation marks where it needs them.
  package static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    let inside = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + inside.joined(separator: "\"\"") + "\""
  }
}
