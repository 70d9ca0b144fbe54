import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where text goes: results to standard output, everything else to standard error.
enum Console {
  /// Writes a line of the result.
  static func result(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

  /// Writes one JSON object as the result.
  static func result(_ value: some Encodable) throws { result(try JSONText.encode(value)) }

  /// Tells the user something.
  static func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Whether somebody watches standard error.
  static var isWatched: Bool { isatty(STDERR_FILENO) != 0 }

  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written <= 0 {
        if errno == EINTR { continue }
        return
      }
      rest = rest.dropFirst(written)
    }
  }
}
