package import Images

/// What a job on a folder of images has done.
public struct BatchOutcome: Sendable {
  /// Results written now.
  public var written = 0
  /// Results that were there before.
  public var skipped = 0
  /// Why there are images without a result, each with its path.
  public var failures: [String] = []
  /// All images of which there is a result now.
  package var files: [ImageFile] = []
}
