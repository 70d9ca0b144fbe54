package import Images
internal import SystemPackage

/// What a job has made of its images.
public struct BatchOutcome: Sendable, Codable {
  /// Results that there should be.
  public var total = 0
  /// Results written now.
  public var written = 0
  /// Results that were there before.
  public var skipped = 0
  /// Results that could not be made.
  package var failed = 0
  /// Why there are images without a result, each with its path.
  public var failures: [String] = []
  /// Animations among the images that were read, whose still image alone counts.
  public var animations = 0
  /// All images of which there is a result now.
  package var files: [ImageFile] = []
  /// Images that were copied as they are.
  public var copied = 0
  /// What denoising has found of the noise.
  package var noiseEstimates: [ImageFile: NoiseEstimate] = [:]

  package init(total: Int = 0) { self.total = total }

  /// Results that there should be and are not: of images that failed, or that were not reached.
  public var missing: Int { total - written - skipped }

  /// Results that were not reached before the job was stopped.
  public var unreached: Int { missing - failed }

  /// All images of which there is a result now, by their paths below the input folders, and what denoising
  /// has found of the noise of each; nil where a result that was there does not tell.
  public var noise: [(image: String, estimate: NoiseEstimate?)] {
    files.map { ($0.relativePath.string, noiseEstimates[$0]) }
  }
}

/// What became of one image of a job.
package struct ItemResult: Codable, Sendable {
  package enum Fate: Codable, Sendable {
    case written
    /// As it was.
    case copied
    case skipped
    case failed(String)
  }

  package let fate: Fate
  package var isAnimation = false
  package var noise: NoiseEstimate?

  package init(_ fate: Fate, isAnimation: Bool = false, noise: NoiseEstimate? = nil) {
    (self.fate, self.isAnimation, self.noise) = (fate, isAnimation, noise)
  }
}

extension BatchOutcome {
  /// What became of images, by their numbers in `files`.
  ///
  /// - Parameter failures: why others have no result.
  package init(_ results: [Int: ItemResult], of files: [ImageFile], failures: [String]) {
    total = files.count
    self.failures = failures
    for (file, result) in files.indices.compactMap({ i in results[i].map { (files[i], $0) } }) {
      if result.isAnimation { animations += 1 }
      noiseEstimates[file] = result.noise
      switch result.fate {
      case .written: written += 1
      case .copied:
        written += 1
        copied += 1
      case .skipped: skipped += 1
      case .failed(let cause):
        failed += 1
        // Of an image that several were to be made of, once.
        if self.failures.last != cause { self.failures.append(cause) }
        continue
      }
      self.files.append(file)
    }
  }
}
