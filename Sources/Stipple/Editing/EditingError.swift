public import SystemPackage

/// Why nothing can be drawn from an image.
public enum EditingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Of the result.
  case nameTooLong(FilePath)
  case noMask(FilePath, mask: FilePath)
  case maskSize(FilePath, image: FilePath, found: String, expected: String)
  case blackMask(FilePath)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .nameTooLong(let path):
      return "\(path): cannot be drawn anew: its output's name would be too long"
    case .noMask(let path, let mask):
      return "\(path): has no mask: there is no \(mask)"
    case .maskSize(let path, let image, let found, let expected):
      return "\(path): is no mask of \(image): it is \(found), not \(expected)"
    case .blackMask(let path):
      return
        "\(path): leaves nothing to draw: what is white is drawn anew, and it is black all over"
    }
  }
}
