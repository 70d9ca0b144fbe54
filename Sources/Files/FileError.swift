public import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file operation that failed: the path, what was tried, and the system's cause.
public struct FileError: Error, Equatable, Codable, CustomStringConvertible, Sendable {
  /// The file or folder concerned.
  public let path: FilePath
  /// What failed, as the sentence's verb: "could not be written".
  public let failure: String
  /// The system's words for why.
  public let cause: String
  /// Whether the cause is that something has the name already.
  public let isCollision: Bool

  /// Describes a failure with its cause, by default the one in `errno`.
  public init(_ path: FilePath, _ failure: String, _ cause: (any Error)? = nil) {
    self.path = path
    self.failure = failure
    let cause = cause ?? Errno(rawValue: errno)
    self.cause = "\(cause)"
    isCollision = (cause as? Errno) == .fileExists
  }

  /// Describes a failure with a cause of ours.
  public init(_ path: FilePath, _ failure: String, cause: String) {
    (self.path, self.failure, self.cause) = (path, failure, cause)
    isCollision = false
  }

  /// `<path>: <what failed>: <cause>`.
  public var description: String { "\(path): \(failure): \(cause)" }
}
