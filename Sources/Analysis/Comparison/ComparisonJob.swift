internal import Checkpoints
internal import Files
public import Images
internal import PNGCodec
public import Sampling
public import SystemPackage

/// Compares two folders of images, such as generated ones (A) with those of the training (B).
///
/// All images are brought to one size and kept in memory. What is random follows from the seed.
public struct ComparisonJob: Job, Sendable {
  /// A file, or a folder that is searched recursively.
  public var a: FilePath
  /// The same, of what the images are measured by.
  public var b: FilePath
  /// What images are brought to; nil for the size that all of B have.
  public var size: ImageSize?
  /// How they are brought to it: crop, resize or pad.
  public var fit = Fit.crop
  /// What patches and directions follow from.
  public var seed: UInt64 = 0
  /// Where a picture of A's images beside their nearest in B is written, the nearest pair first.
  public var pairs: FilePath?
  /// Whether another picture may be replaced by that of the pairs.
  public var overwrites = false
  /// Whether an image that cannot be read is an error.
  public var isStrict = false

  /// Pixels past which an image is refused before memory is taken; nil for 2^28.
  public var maxPixels: Int?

  /// A job for two folders.
  public init(_ a: FilePath, _ b: FilePath) {
    self.a = a
    self.b = b
  }

  /// What a job will do.
  public struct Plan: Sendable {
    /// Images of A, readable or not.
    public let imagesA: Int
    /// Images of B, readable or not.
    public let imagesB: Int
    /// The size that they are brought to.
    public let width: Int
    /// The size that they are brought to.
    public let height: Int
    /// 1 gray, 3 RGB.
    public let channels: Int
    /// About the most memory that is taken at once.
    public let bytes: Int
  }

  /// What the job will do.
  public func plan(_: Void, report: (String) -> Void) throws -> Plan {
    try SettingError.check(size)
    let inputs = try Inputs(self, report)
    let size = inputs.size
    return Plan(
      imagesA: inputs.a.count, imagesB: inputs.b.count, width: size.width, height: size.height,
      channels: inputs.format.channels, bytes: Int(min(inputs.bytes, 1e18)))
  }

  /// Compares. Every process reads all images; distances are shared among them.
  ///
  /// - Returns: nil where the work was stopped; on other processes than the first, no distances.
  /// - Throws: What is wrong with the settings or the inputs, or why not one image of a side can be
  ///   read.
  public func run(_: Void, _ context: JobContext) throws -> Comparison? {
    try SettingError.check(size)
    let inputs = try Inputs(self, context.note)
    let provenance = provenance(inputs)
    if let pairs { try PairsPicture.checkPlace(pairs, provenance, overwriting: overwrites) }
    try MemoryShortage.check(
      "comparing \(inputs.a.count) with \(inputs.b.count) images at \(inputs.size.inWords) pixels",
      needed: inputs.bytes, wayOut: "use a smaller `size`, or fewer images")
    var comparison = Comparison()
    comparison.animations = inputs.animations.count
    for note in inputs.animations { context.note(note) }
    for error in inputs.unlisted {
      if isStrict { throw error }
      comparison.failures.append("\(error)")
      context.note("left out: \(error)")
    }
    let a = try read(inputs, inputs.a, after: 0, &comparison, context)
    let b = try read(inputs, inputs.b, after: inputs.a.count, &comparison, context)
    let stops = context.anyStops
    guard let a, let b, !stops else { return nil }
    try context.processes.requireRead((a.files + b.files).map(\.path))
    (comparison.imagesA, comparison.imagesB) = (a.count, b.count)
    (comparison.width, comparison.height) = (inputs.size.width, inputs.size.height)
    comparison.channels = inputs.format.channels

    guard let levels = try SlicedWasserstein.distances(a, b, seed: seed, context) else {
      return nil
    }
    comparison.slicedWasserstein = levels
    comparison.pixelGaussians = Comparison.PixelGaussians(a, b)
    guard let found = try PrecisionRecall.find(a.points, b.points, "images", context) else {
      return nil
    }
    guard context.isFirst else { return comparison }
    comparison.set(found, a, b)
    if levels.isEmpty {
      context.note(
        "no sliced Wasserstein distance: needs images of at least \(LaplacianPyramid.smallestSide) pixels a side"
      )
    }
    if comparison.pixelGaussians == nil {
      context.note(
        "no Frechet distance: needs at least 2 images in A and B, got \(a.count) and \(b.count)")
    }
    for note in found.figures.notes { context.note(note) }
    if let pairs { try PairsPicture.write(found.aToB, of: a, in: b, to: pairs, provenance) }
    return comparison
  }

  /// What tells the picture of pairs from another's.
  private func provenance(_ inputs: Inputs) -> Provenance {
    Provenance(
      "compare",
      [
        ("A", a.string), ("B", b.string), ("size", "\(inputs.size)"), ("fit", fit.rawValue),
        ("channels", "\(inputs.format.channels)"),
      ])
  }

  /// Reads the images of a side; nil where the work is to stop.
  private func read(
    _ inputs: Inputs, _ files: [ImageFile], after done: Int, _ comparison: inout Comparison,
    _ context: JobContext
  ) throws -> ImageSet? {
    let dataset = Dataset(
      files, size: inputs.size, fit: fit, format: inputs.format, memoryLimit: 0,
      limits: PNGLimits(most: maxPixels))
    var set = ImageSet(size: inputs.size, format: inputs.format, capacity: files.count)
    var firstError: PNGError?
    for (index, file) in files.enumerated() {
      if context.shouldStop() { return nil }
      context.progress("images read", done + index, of: inputs.a.count + inputs.b.count)
      do throws(PNGError) {
        set.append(file, try dataset.image(at: index))
      } catch {
        if isStrict { throw error }
        firstError = firstError ?? error
        comparison.failures.append("\(error)")
        context.note("left out: \(error)")
      }
    }
    if set.count == 0, let firstError {
      throw ImagesError.noneReadable(firstError, count: files.count)
    }
    return set
  }
}

/// What a job finds before it reads an image.
private struct Inputs {
  let a, b: [ImageFile]
  let unlisted: [FileError]
  let size: ImageSize
  let format: PixelFormat
  /// What a user should know of each animation.
  let animations: [String]

  init(_ job: ComparisonJob, _ report: (String) -> Void) throws {
    try job.fit.requireFixed()
    let found = try [job.a, job.b].map { folder in
      try ImageListing.images(in: [folder]) { report("\(folder): \($0)") }
    }
    (a, b) = (found[0].files, found[1].files)
    unlisted = found.flatMap(\.unlisted)
    let surveys = [a, b].map {
      Survey(of: $0, limits: PNGLimits(most: job.maxPixels), decodingPixels: 0)
    }
    animations = surveys.flatMap(\.animations)
    size = try surveys[1].size(
      requested: job.size)
    format = surveys.allSatisfy { $0.opaqueFormat == .gray } ? .gray : .rgb
  }

  /// About the most memory that is taken at once: all images, and the patches of some.
  var bytes: Double {
    let patches = [a.count, b.count].reduce(0) {
      $0 + min($1, SlicedWasserstein.mostImages) * SlicedWasserstein.bytesPerImage(format)
    }
    let samples = Double(size.width) * Double(size.height) * Double(format.channels)
    return Double(a.count + b.count) * samples + Double(patches)
  }
}

extension Comparison {
  /// Takes in the nearest images, and what is usual among those of B.
  fileprivate mutating func set(_ found: PrecisionRecall.Neighbors, _ a: ImageSet, _ b: ImageSet) {
    func distances(_ neighbors: [NearestNeighbors]) -> [Double] {
      neighbors.compactMap(\.squares.first).map { ($0 / Double(a.length)).squareRoot() }
    }
    let distancesToB = distances(found.aToB)
    neighbors = zip(a.files, zip(found.aToB, distancesToB)).map { file, neighbor in
      Neighbor(
        image: file.relativePath.string, nearest: b.files[neighbor.0.index].relativePath.string,
        distance: neighbor.1)
    }
    toB = Distances(distancesToB)
    precisionRecall = found.figures
    let usual = distances(found.bToB)
    if usual.isEmpty { return }
    let within = Distances(usual)
    withinB = within
    nearerThanUsual = distancesToB.count { $0 < within.fivePercent }
  }
}

extension Comparison.PixelGaussians {
  /// Of images of at least 2 a side, scaled down to at most 768 samples.
  fileprivate init?(_ a: ImageSet, _ b: ImageSet) {
    if min(a.count, b.count) < 2 { return nil }
    let size = a.size
    let scale = min(1, (768 / Double(a.length)).squareRoot())
    let small = ImageSize(
      width: max(1, Int(Double(size.width) * scale)),
      height: max(1, Int(Double(size.height) * scale)))
    func moments(_ set: ImageSet) -> GaussianMoments {
      let rows = (0..<set.count).flatMap { index in
        set.image(index).resampled(to: small).pixels.map { Double($0) / 127.5 - 1 }
      }
      return GaussianMoments(rows, dimensions: small.area * set.format.channels)
    }
    let parts = GaussianMoments.frechetDistance(moments(a), moments(b))
    self.init(
      width: small.width, height: small.height, mean: parts.mean, covariance: parts.covariance,
      distance: parts.mean + parts.covariance)
  }
}
