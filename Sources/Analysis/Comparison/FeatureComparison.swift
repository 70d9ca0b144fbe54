internal import Checkpoints
internal import Sampling
public import SystemPackage

/// How far two sets of features are from each other, whatever network they are of: the Fréchet distance
/// of Gaussians (FID; Heusel et al. 2017), the kernel distance (KID; Bińkowski et al. 2018), and precision,
/// recall, density and coverage.
public struct FeatureComparison: Sendable, Encodable {
  /// Numbers in a row.
  public let dimensions: Int
  /// Rows of the first file.
  public let countA: Int
  /// Rows of the second file.
  public let countB: Int
  /// The Fréchet distance: of Inception's features it is FID.
  public let frechetDistance: Double
  /// The kernel distance: the squared maximum mean discrepancy without bias.
  public let kernelDistance: Double
  /// Its standard deviation among random subsets; nil where all rows were taken at once.
  public let kernelDeviation: Double?
  /// Precision, recall, density and coverage; nil where the work was stopped.
  public let precisionRecall: PrecisionRecall?

  /// Compares two files that hold a dataset `features` (N, D) of floating-point numbers each.
  ///
  /// - Parameters:
  ///   - seed: what subsets follow from.
  ///   - progress: is told of what and how many of how many are done.
  ///   - shouldStop: asked now and then whether the work is to end.
  /// - Throws: `FileFormatError` where there is none, the numbers of columns differ, there are fewer than
  ///   two rows, or a number is out of its range.
  public init(
    _ a: FilePath, _ b: FilePath, seed: UInt64 = 0,
    progress: @escaping (String, Int, Int) -> Void = { _, _, _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws {
    let (first, second) = (try FeatureFile(a), try FeatureFile(b))
    guard first.dimensions == second.dimensions else {
      throw FileFormatError.file(
        text:
          "\(b): has features of \(second.dimensions) numbers, but \(a) of \(first.dimensions); "
          + "use features of the same network")
    }
    self.init(
      first.rows, second.rows, dimensions: first.dimensions, seed: seed, progress: progress,
      shouldStop: shouldStop)
  }

  /// Compares (N, D) with (M, D).
  package init(
    _ a: [Double], _ b: [Double], dimensions: Int, seed: UInt64,
    progress: @escaping (String, Int, Int) -> Void = { _, _, _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.dimensions = dimensions
    countA = a.count / dimensions
    countB = b.count / dimensions
    let parts = GaussianMoments.frechetDistance(
      GaussianMoments(a, dimensions: dimensions), GaussianMoments(b, dimensions: dimensions))
    frechetDistance = parts.mean + parts.covariance
    let kernel = KernelDistance(a, b, dimensions: dimensions, seed: seed) {
      progress("subsets of features", $0, $1)
    }
    kernelDistance = kernel.value
    kernelDeviation = kernel.deviation
    let context = JobContext(
      onEvent: { event in
        if case .progress(let what, let done, let total, _) = event { progress(what, done, total) }
      }, shouldStop: shouldStop)
    func points(_ rows: [Double]) -> Points {
      Points(count: rows.count / dimensions, length: dimensions) {
        Array(rows[($0.lowerBound * dimensions)..<($0.upperBound * dimensions)])
      }
    }
    // One process alone has nobody with whom to fail.
    precisionRecall = (try? PrecisionRecall.find(points(a), points(b), "rows", context))?.figures
  }
}
