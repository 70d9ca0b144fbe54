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
  /// Why there are images without a result, each with its path.
  public var failures: [String] = []
  /// Animations among the images that were read, whose still image alone counts.
  public var animations = 0
  /// All images of which there is a result now.
  package var files: [ImageFile] = []
  /// What denoising has estimated of the noise, as a standard deviation in gray levels of 255.
  package var estimatedSigmas: [ImageFile: Double] = [:]

  package init(total: Int = 0) { self.total = total }

  /// Results that there should be and are not: of images that failed, or that were not reached.
  public var missing: Int { total - written - skipped }

  /// All images of which there is a result now, by their paths below the input folders, and what denoising
  /// has estimated of the noise of each; nil where a result that was there does not tell.
  public var noise: [(image: String, estimatedSigma: Double?)] {
    files.map { ($0.relativePath.string, estimatedSigmas[$0]) }
  }
}

/// What became of one image of a job.
package struct ItemResult: Codable, Sendable {
  package enum Fate: Codable, Sendable {
    case written
    case skipped
    case failed(String)
  }

  package let fate: Fate
  package var isAnimation = false
  package var estimatedSigma: Double?

  package init(_ fate: Fate, isAnimation: Bool = false, estimatedSigma: Double? = nil) {
    (self.fate, self.isAnimation, self.estimatedSigma) = (fate, isAnimation, estimatedSigma)
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
      estimatedSigmas[file] = result.estimatedSigma
      switch result.fate {
      case .written: written += 1
      case .skipped: skipped += 1
      case .failed(let cause):
        self.failures.append(cause)
        continue
      }
      self.files.append(file)
    }
  }
}
