internal import Checkpoints
internal import SystemPackage
internal import Text

/// The metadata of a file of images with added noise.
public struct NoisyImagesInspection: Encodable, Sendable {
  /// How many images there are.
  public let images: Int
  /// The noise's standard deviation in gray levels of 255.
  public let sigma: Double
  /// What the noise follows from.
  public let seed: UInt64
  /// The first images' names.
  public let firstSources: [String]

  private enum CodingKeys: String, CodingKey {
    case images, sigma, seed
    case firstSources = "first_sources"
  }

  init(_ path: FilePath) throws {
    let contents = try NoisyImages(path)
    images = contents.sources.count
    sigma = contents.sigma
    seed = contents.seed
    firstSources = Array(contents.sources.prefix(4))
  }

  func add(to facts: inout TextTable) {
    facts.append("kind", "noisy images")
    facts.append("images", String(images))
    facts.append("sigma", Readable.number(sigma))
    facts.append("seed", String(seed))
    let more = images > firstSources.count ? " … and \(images - firstSources.count) more" : ""
    facts.append("sources", firstSources.joined(separator: ", ") + more)
  }
}
