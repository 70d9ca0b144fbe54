internal import HDF5
public import SystemPackage

/// How far two sets of features are from each other, whatever network they are of: the Fréchet distance
/// of Gaussians (FID; Heusel et al. 2017) and the kernel distance (KID; Bińkowski et al. 2018).
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

  /// Compares two files that hold a dataset (N, D) of floating-point numbers each: `features`, or the
  /// only one of two axes.
  ///
  /// - Parameters:
  ///   - seed: what subsets follow from.
  ///   - progress: is told how many of how many subsets are done.
  /// - Throws: `FileFormatError` where there is none, the numbers of columns differ, there are fewer than
  ///   two rows, or a number is out of its range.
  public init(
    _ a: FilePath, _ b: FilePath, seed: UInt64 = 0, progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let (first, second) = (try FeatureFile(a), try FeatureFile(b))
    guard first.dimensions == second.dimensions else {
      throw FileFormatError.file(
        text:
          "\(b): has features of \(second.dimensions) numbers, but \(a) of \(first.dimensions); "
          + "use features of the same network")
    }
    self.init(
      first.rows, second.rows, dimensions: first.dimensions, seed: seed, progress: progress)
  }

  /// Compares (N, D) with (M, D).
  package init(
    _ a: [Double], _ b: [Double], dimensions: Int, seed: UInt64,
    progress: (Int, Int) -> Void = { _, _ in }
  ) {
    self.dimensions = dimensions
    countA = a.count / dimensions
    countB = b.count / dimensions
    let parts = GaussianMoments.frechetDistance(
      GaussianMoments(a, dimensions: dimensions), GaussianMoments(b, dimensions: dimensions))
    frechetDistance = parts.mean + parts.covariance
    let kernel = KernelDistance(a, b, dimensions: dimensions, seed: seed, progress: progress)
    kernelDistance = kernel.value
    kernelDeviation = kernel.deviation
  }
}

/// Rows of features in an HDF5 file of whatever origin.
private struct FeatureFile {
  let dimensions: Int
  /// (N, D).
  let rows: [Double]

  init(_ path: FilePath) throws {
    let (name, shape, rows) = try FileFormatError.translating { () throws(HDF5Error) in
      try Self.read(path)
    }
    guard let name else {
      throw FileFormatError.file(
        text: "\(path): has no dataset /features of two axes, and not just one other such dataset")
    }
    guard shape[0] > 1, shape[1] > 0 else {
      throw FileFormatError.file(
        text: "\(path): dataset \(name) has shape \(HDF5Error.text(shape)); "
          + "at least two rows are needed")
    }
    if let fault = rows.lazy.compactMap(NumericSetting.features.range.fault).first {
      throw FileFormatError.file(
        text: "\(path): dataset \(name) has a number out of range: \(fault)")
    }
    dimensions = shape[1]
    self.rows = rows
  }

  private static func read(
    _ path: FilePath
  ) throws(HDF5Error) -> (name: String?, shape: [Int], rows: [Double]) {
    let found = try File.open(path).root.allDatasets().filter { $0.dataset.shape.count == 2 }
    guard
      let chosen = found.first(where: { $0.name == "features" })
        ?? (found.count == 1 ? found[0] : nil)
    else { return (nil, [], []) }
    let (name, dataset) = chosen
    // Halves are widened by our own loop, which only floats have.
    let rows: [Double] =
      dataset.type == .float64 ? try dataset.read() : try dataset.read(Float.self).map(Double.init)
    return (name, dataset.shape, rows)
  }
}
