public import SystemPackage
internal import Text

/// What can be wrong with a wish for noised images.
public enum NoisingError: Error, Equatable, Sendable, CustomStringConvertible {
  case exists(String)
  /// Bytes.
  case noSpace(FilePath, needed: Int, free: Int)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .exists(let path):
      return
        "\(path): already exists with other contents; give another name, or `overwrite` to replace it"
    case .noSpace(let path, let needed, let free):
      return """
        \(path): needs \(Readable.bytes(needed)), and there are \(Readable.bytes(free)) free; fewer \
        `timesteps`, a smaller `size` or `type` f16 need less
        """
    }
  }
}
