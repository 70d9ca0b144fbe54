public import Checkpoints
public import SystemPackage
internal import Text

/// How far two sets of images are from each other, and whether those of the first copy the second's.
public struct Comparison: Sendable, Encodable {
  /// A scale of the sliced Wasserstein distance.
  public struct Level: Sendable, Encodable {
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    /// The distance times 1000, as it is published.
    public let distance: Double
  }

  /// The Gaussians that have the mean and covariance of all images' samples in [-1, 1].
  public struct PixelGaussians: Sendable, Encodable {
    /// The size to which images were scaled down for it.
    public let width: Int
    /// The size to which images were scaled down for it.
    public let height: Int
    /// The squared distance of the mean images.
    public let mean: Double
    /// What the covariances add to the Fréchet distance.
    public let covariance: Double
    /// The Fréchet distance, the sum of both.
    public let distance: Double
  }

  /// The image of B that is nearest to one of A.
  public struct Neighbor: Sendable, Encodable {
    /// The image of A, below its folder.
    public let image: String
    /// The image of B, below its folder.
    public let nearest: String
    /// The root of the mean squared difference in gray levels of 255.
    public let distance: Double
  }

  /// What distances are like.
  public struct Distances: Sendable, Encodable {
    /// The least.
    public let least: Double
    /// Below which 5 % of them are.
    public let fivePercent: Double
    /// The middle one, or of an even number the mean of the two in the middle.
    public let median: Double

    private enum CodingKeys: String, CodingKey {
      case least = "minimum"
      case fivePercent, median
    }

    package init(_ distances: [Double]) {
      let sorted = distances.sorted()
      least = sorted[0]
      fivePercent = sorted[(sorted.count - 1) / 20]
      median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }

  /// Images of A that were compared.
  public internal(set) var imagesA = 0
  /// Images of B that were compared.
  public internal(set) var imagesB = 0
  /// The size that all were brought to.
  public internal(set) var width = 0
  /// The size that all were brought to.
  public internal(set) var height = 0
  /// 1 gray, 3 RGB.
  public internal(set) var channels = 0
  /// The sliced Wasserstein distance by scale, from the images' own size down; none for images of fewer
  /// than 16 pixels in a direction.
  public internal(set) var slicedWasserstein: [Level] = []
  /// Nil where a side has but one image.
  public internal(set) var pixelGaussians: PixelGaussians?
  /// For each image of A its nearest of B, in A's order.
  public internal(set) var neighbors: [Neighbor] = []
  /// The distances of those.
  public internal(set) var toB: Distances?
  /// The distances of images of B to their nearest other: what is usual; nil for one image.
  public internal(set) var withinB: Distances?
  /// How many images of A are nearer to one of B than 95 % of B's own are to another: where A is no
  /// copy and like B, 5 %.
  public internal(set) var nearerThanUsual: Int?
  /// Precision, recall, density and coverage of the pixels.
  public internal(set) var precisionRecall: PrecisionRecall?
  /// Animations among the images, whose still image alone counts.
  public internal(set) var animations = 0
  /// Why images were left out, each with its path.
  public internal(set) var failures: [String] = []

  /// The mean of the sliced Wasserstein distances; nil where there is none.
  public var meanSlicedWasserstein: Double? {
    slicedWasserstein.isEmpty
      ? nil
      : slicedWasserstein.reduce(0) { $0 + $1.distance } / Double(slicedWasserstein.count)
  }

  /// The first line of the nearest images as CSV.
  fileprivate static let neighborsHeader = "image,nearest,distance"

  /// The nearest images as CSV, a row for each of A's.
  public var neighborsCSV: String {
    let lines = neighbors.map {
      "\(CSV.quoted($0.image)),\(CSV.quoted($0.nearest)),\($0.distance)"
    }
    return ([Self.neighborsHeader] + lines).joined(separator: "\n") + "\n"
  }

  /// Writes the nearest images as CSV.
  public func writeNeighbors(to path: FilePath) throws {
    try CSV.write(neighborsCSV, to: path)
  }
}

extension OutputKind {
  /// The figures of `stipple compare`.
  public static let figures = text(
    "a CSV file of metrics by stipple compare", suffix: "csv", "figure,value\nimages_a,",
    "figure,value\nfrechet,")

  /// The nearest images of `stipple compare`.
  public static let neighbors = text(
    "a CSV file of nearest neighbors by stipple compare", suffix: "csv",
    Comparison.neighborsHeader + "\n")
}
