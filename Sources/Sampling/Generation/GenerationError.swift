public import Checkpoints
public import SystemPackage

/// What generation can meet.
public enum GenerationError: Error, Equatable, Sendable {
  /// A file is where a trajectory would be written, and is none by these settings.
  case otherTrajectory(FilePath)
  /// A file of trajectories by these settings has some of images that are not to be generated.
  case losesTrajectories(FilePath)
  /// A network of images that PNG has no form for.
  case channels(Int)
  /// A class-conditional model without a class to generate.
  case classNeeded
  /// A network that has seen no more than so much noise.
  case denoiser(NoiseRange)
  /// A network that has no diffusion process.
  case restoration
  /// A run that is to guide itself and kept none of its way.
  case noSnapshots(FilePath)
  /// A network whose output is no number.
  case notFinite

  /// The output of a network, which is to make an image: clipped to one, what is no number would be black.
  package static func finite(_ output: [Float]) throws(GenerationError) -> [Float] {
    guard output.allSatisfy(\.isFinite) else { throw .notFinite }
    return output
  }

  /// Makes sure that a network can draw.
  package static func checkDraws(_ configuration: ModelConfiguration) throws(GenerationError) {
    if let range = configuration.noiseRange { throw .denoiser(range) }
    if configuration.degradation != nil { throw .restoration }
  }
}

extension GenerationError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .otherTrajectory(let path):
      return """
        \(path): already exists with other settings; \
        give another name, or `overwrite` to replace it
        """
    case .losesTrajectories(let path):
      return """
        \(path): has images that this command does not generate; \
        give another name, or `overwrite` to replace it
        """
    case .noSnapshots(let run):
      return """
        \(run): has no earlier EMA snapshot to guide by; train with `snapshot-every`, or give an earlier checkpoint
        """
    case .notFinite:
      return """
        the model's output is not finite: its training has diverged; use an earlier checkpoint, or train again with a \
        lower `learning-rate`
        """
    case .channels(let count):
      return "the model has \(count) image channels; PNG has 1, 3 or 4"
    case .classNeeded:
      return """
        the model is class-conditional and was trained without class dropout, so it cannot denoise \
        images of unknown class; train it with stipple train --class-dropout
        """
    case .denoiser(let range):
      return """
        the model is a denoiser, trained on noise levels \(range) only (0-255 scale): \
        only stipple denoise can use it
        """
    case .restoration:
      return """
        the model is a restoration network, without a diffusion process: \
        only stipple denoise can use it
        """
    }
  }
}
