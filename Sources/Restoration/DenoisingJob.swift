public import Checkpoints
internal import Compiler
internal import Distributed
internal import Files
package import Images
internal import PNGCodec
public import Sampling
public import SystemPackage
internal import Text

/// A folder of denoised images that mirrors the folders of the noisy ones; what already exists is
/// not made again.
public struct DenoisingJob: Job, Sendable {
  /// Files, and folders that are searched recursively.
  public var inputs: [FilePath]
  /// The folder for the results.
  public var output: FilePath
  /// The noise in gray levels of 255; nil has it estimated from each image, or leaves it to a restoration network.
  public var sigma: Double?
  /// Whose number that is, for errors.
  public var sigmaSetting = NumericSetting.sigma
  /// What the estimate is held within; nil for anything.
  public var sigmaRange: NoiseRange?
  /// By how much the noise's variance grows with each gray level; nil where that is not known.
  public var gain: Double?
  /// How much of the noise is taken away.
  public var strength = DenoisingStrength()
  /// Whether images that turn out to be clean are copied byte for byte.
  public var copiesClean = false
  /// Noise in gray levels of 255 that is added to the images first, which are clean ones, and neither rounded nor clipped: a
  /// trial of a model. Nil for none.
  public var addedSigma: Double?
  /// What the added noise follows from.
  public var noiseSeed: UInt64 = 0
  /// Where the noisy images are written as PNG, where noise is added.
  public var noisy: FilePath?
  /// The HDF5 file for the noisy images as they are, neither rounded nor clipped.
  public var noisyFile: FilePath?
  /// How pictures are read and written.
  public var pictures = PictureSettings()
  /// The part of the images that is denoised; nil for all.
  public var shard: Shard?
  /// Whether files that are there and were made otherwise may be replaced.
  public var overwrites = false
  /// Whether an image that cannot be denoised ends the job.
  public var isStrict = false

  /// Pixels of an image that others are read and written beside, at most.
  package var mostPixelsAhead = 1 << 25

  /// A job with the usual settings.
  public init(inputs: [FilePath], output: FilePath) {
    self.inputs = inputs
    self.output = output
  }

  /// Looks how many images there are, and how many of them have no result yet.
  public func plan(_ denoiser: Denoiser, report: (String) -> Void = { _ in }) throws -> JobPlan {
    let files = try checked(denoiser, report).files
    return JobPlan(total: files.count, missing: try missing(files, denoiser).count)
  }

  /// The images that have no result yet.
  func missingFiles(_ denoiser: Denoiser) throws -> [ImageFile] {
    try missing(listed { _ in }.files, denoiser)
  }

  private func missing(_ files: [ImageFile], _ denoiser: Denoiser) throws -> [ImageFile] {
    let expected = provenance(denoiser)
    return try files.filter { try standing(of: $0, expected) != .made }
  }

  /// The images, where the settings, the memory and what is there allow the job.
  private func checked(
    _ denoiser: Denoiser, _ report: (String) -> Void
  ) throws -> ImageListing.Found {
    try denoiser.checkClasses()
    try denoiser.check(self)
    try denoiser.checkMemory()
    let found = try listed(report)
    try checkNoisy(found.files)
    return found
  }

  /// Denoises the images that have no result yet.
  ///
  /// Notes are about images that cannot be denoised, and what is left out. Whether to stop is asked before
  /// each group of images, and of large ones before each group of tiles.
  public func run(_ denoiser: Denoiser, _ context: JobContext) throws -> BatchOutcome {
    let found = try context.share {
      let found = try checked(denoiser, context.note)
      if isStrict, let error = found.unlisted.first { throw error }
      return found
    }
    try context.processes.requireSeen(found.files.map(\.path))
    try context.processes.make(output)
    try context.processes.first {
      try writeNoisyFile(of: found.files, for: denoiser, shouldStop: context.shouldStop)
    }
    for error in found.unlisted { context.note("left out: \(error)") }
    let files = found.files
    let results = try JobItems<ItemResult>.share(
      files.indices, "images", of: files.count, in: context
    ) { items in
      var work = DenoisingWork(self, files, items, denoiser)
      try work.run(among: context.processCount)
    }
    return try context.share {
      BatchOutcome(results, of: files, failures: found.unlisted.map { "\($0)" })
    }
  }

  /// The picture of a file as the job denoises it, with noise where it adds some.
  ///
  /// - Parameter mostPixels: past which it is refused; nil for the job's own limit.
  func noisyImage(
    _ file: ImageFile, channels: Int, mostPixels: Int? = nil
  ) throws -> NoisyImage {
    var pictures = pictures
    pictures.maxPixels = mostPixels ?? pictures.maxPixels
    var image = try NoisyImage(file.path, channels: channels, pictures)
    if let addedSigma {
      image.addNoise(sigma: addedSigma, seed: noiseSeed, index: UInt32(file.noiseIndex))
    }
    return image
  }

  /// Writes the file of noisy images, where one is wanted and is not there. Those that cannot be read are
  /// left out, which is reported when their turn comes.
  private func writeNoisyFile(
    of files: [ImageFile], for denoiser: Denoiser, shouldStop: () -> Bool
  ) throws {
    guard let noisyFile, let addedSigma else { return }
    let isThere = try Folders.exists(noisyFile)
    let channels = denoiser.model.configuration.channels
    if isThere, let found = try? NoisyImages(noisyFile), hasSameNoise(found) {
      let there = Set(found.sources)
      let others = files.filter { !there.contains($0.relativePath.string) }
      // Those that it lacks may be ones that cannot be read.
      if files.count == there.count + others.count,
        others.allSatisfy({ (try? noisyImage($0, channels: channels)) == nil })
      {
        return
      }
    }
    try Folders.make(noisyFile.removingLastComponent())
    let writer = try NoisyImagesFile(noisyFile, sigma: addedSigma, seed: noiseSeed)
    for file in files {
      if shouldStop() { return }
      guard let image = try? noisyImage(file, channels: channels) else { continue }
      try writer.append(
        source: file.relativePath.string, image.values, shape: image.shape)
    }
    try writer.finish(replacing: isThere)
  }

  /// Whether a noisy image is wanted that is not there.
  func lacksNoisy(_ file: ImageFile) throws -> Bool {
    guard let path = noisyPath(of: file) else { return false }
    return try !Folders.exists(path)
  }

  func writeNoisy(
    _ image: NoisyImage, _ file: ImageFile, _ writers: PNGWriters
  ) throws {
    guard let noisy, let addedSigma, let path = noisyPath(of: file) else { return }
    try MirroredFolder(path: noisy).makeFolder(for: file)
    try writers.write(
      image.image, Self.noisyProvenance(addedSigma, seed: noiseSeed), to: path,
      over: overwrites ? .replaced : .replacedIfSame)
  }

  /// Makes sure that noisy images replace nothing but their own.
  private func checkNoisy(_ files: [ImageFile]) throws {
    if overwrites { return }
    guard let addedSigma else { return }
    let provenance = Self.noisyProvenance(addedSigma, seed: noiseSeed)
    if let noisyFile, try Folders.exists(noisyFile) {
      try check(noisyFile, provenance, sources: files.map(\.relativePath.string))
    }
    guard let noisy, try Folders.exists(noisy) else { return }
    for file in files {
      _ = try provenance.isThere(at: noisy.pushing(file.outputPath), overwriting: false)
    }
  }

  /// Makes sure that a file of noisy images would lose nothing if it were written again.
  private func check(_ file: FilePath, _ expected: Provenance, sources: [String]) throws {
    guard OutputKind.tensors(.noisy).isOwn(file) else {
      throw OutputError.foreign(file, kind: OutputKind.tensors(.noisy).name)
    }
    let found = try NoisyImages(file)
    guard hasSameNoise(found), Set(found.sources).isSubset(of: sources) else {
      let other = Self.noisyProvenance(found.sigma, seed: found.seed)
      throw OutputError.otherImages(
        file, found: "\(other.text); \(counted(found.sources.count, "image"))",
        expected: "\(expected.text); \(counted(sources.count, "image"))")
    }
  }

  private func hasSameNoise(_ found: NoisyImages) -> Bool {
    found.sigma == addedSigma && found.seed == noiseSeed
  }

  private static func noisyProvenance(_ sigma: Double, seed: UInt64) -> Provenance {
    Provenance("noise", [("sigma", "\(sigma)"), ("seed", "\(seed)")])
  }

  private func listed(_ report: (String) -> Void) throws -> ImageListing.Found {
    var found = try results.images(of: inputs, twin: noisy, report: report)
    found.files = found.files.part(shard)
    return found
  }

  var results: MirroredFolder { MirroredFolder(path: output, overwrites: overwrites) }

  /// Where the result of an image goes.
  package func path(of file: ImageFile) -> FilePath { results.path(of: file) }

  /// Where an image with noise added goes.
  func noisyPath(of file: ImageFile) -> FilePath? { noisy?.pushing(file.outputPath) }

  /// How results are made, but for what is each image's own.
  func provenance(_ denoiser: Denoiser) -> Provenance {
    var facts = denoiser.model.facts + [("method", denoiser.method.rawValue)]
    if denoiser.method == .sample {
      facts += [("seed", "\(denoiser.seed)"), ("steps", "\(denoiser.steps)")]
    }
    facts.append(("sigma", sigma.map { "\($0)" } ?? sigmaRange?.description ?? "of each image"))
    if let gain { facts.append(("gain", "\(gain)")) }
    facts += strength.facts
    if denoiser.ensemble != .one { facts.append(("ensemble", "\(denoiser.ensemble.rawValue)")) }
    if denoiser.tile != Denoiser.usualTile(denoiser.model) {
      facts.append(("tile", "\(denoiser.tile)"))
    }
    if denoiser.precision == .bfloat16 { facts.append(("precision", "bf16")) }
    facts += pictures.facts
    if let addedSigma {
      facts += [("added", "\(addedSigma)"), ("added with seed", "\(noiseSeed)")]
    }
    return Provenance("denoise", facts)
  }

  /// The fact that is each image's own.
  static let estimateName = "estimated"

  /// What a result says that was estimated of its image; nil where the noise was given.
  func estimate(ofResult path: FilePath) throws -> NoiseEstimate? {
    try Provenance(of: path)?.value(of: Self.estimateName).flatMap(Double.init).map {
      NoiseEstimate(sigma: $0)
    }
  }
}
