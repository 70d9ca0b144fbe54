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
      return "\(path): cannot be edited: the name of its output would be too long"
    case .noMask(let path, let mask):
      return "\(path): has no mask: there is no \(mask)"
    case .maskSize(let path, let image, let found, let expected):
      return "\(image): has another size than its mask \(path), which is \(found), not \(expected)"
    case .blackMask(let path):
      return
        "\(path): nothing to inpaint: the mask has no white pixels"
    }
  }
}
