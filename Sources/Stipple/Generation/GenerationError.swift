public import SystemPackage

/// What generation can meet.
public enum GenerationError: Error, Equatable, Sendable {
  /// A file is where an image would be written, and was made otherwise.
  case otherImage(FilePath, found: String, expected: String)
  /// A file is where a trajectory would be written, and is none by these settings.
  case otherTrajectory(FilePath)
  /// A network of images that PNG has no form for.
  case channels(Int)
  /// A file of noise that the images cannot start from.
  case initialNoise(FilePath, cause: String)
  /// A setting, by its flag's name, that the model cannot have.
  case setting(String, cause: String)
  /// A network that has to be told a class, where there is none to tell.
  case classNeeded
  /// A network that has seen no more than so much noise.
  case denoiser(NoiseRange)
}

extension GenerationError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .otherImage(let path, let found, let expected):
      return """
        \(path): is a different image (\(found)); expected (\(expected)); \
        give another name, or --overwrite to replace it
        """
    case .otherTrajectory(let path):
      return """
        \(path): already exists with other settings; \
        give another name, or --overwrite to replace it
        """
    case .channels(let count):
      return "the model has \(count) image channels; PNG has 1, 3 or 4"
    case .initialNoise(let path, let cause): return "\(path): \(cause)"
    case .setting(let name, let cause): return "--\(name): \(cause)"
    case .classNeeded:
      return """
        the model is class-conditional and was trained without class dropout, so it cannot denoise \
        without a class; train it with --class-dropout
        """
    case .denoiser(let range):
      return """
        the model was trained on noise levels \(range) only (0-255 scale): use it with stipple denoise; \
        it cannot generate images
        """
    }
  }
}
