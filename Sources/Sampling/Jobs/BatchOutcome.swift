internal import Checkpoints
package import Images
internal import SystemPackage

/// What a job on a folder of images has done.
public struct BatchOutcome: Sendable {
  /// Results written now.
  public var written = 0
  /// Results that were there before.
  public var skipped = 0
  /// Why there are images without a result, each with its path.
  public var failures: [String] = []
  /// Animations among the images that were read, whose still image alone counts.
  public var animations = 0
  /// All images of which there is a result now.
  package var files: [ImageFile] = []
  /// What denoising has estimated of the noise, as a standard deviation in gray levels of 255.
  package var estimatedSigmas: [ImageFile: Double] = [:]

  package init() {}

  /// All images of which there is a result now, by their paths below the input folders, and what denoising
  /// has estimated of the noise of each; nil where a result that was there does not tell.
  public var noise: [(image: String, estimatedSigma: Double?)] {
    files.map { ($0.relativePath.string, estimatedSigmas[$0]) }
  }
}
