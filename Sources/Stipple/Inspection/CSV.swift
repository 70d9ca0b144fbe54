/// Comma-separated values (RFC 4180).
enum CSV {
  /// A text as a cell, in quotation marks where it needs them.
  static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    let inside = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + inside.joined(separator: "\"\"") + "\""
  }
}
