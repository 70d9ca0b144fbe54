internal import Compute
internal import Files
package import Images
internal import PNGCodec
public import SystemPackage

/// A folder of denoised images that mirrors the folders of the noisy ones; what is there already is
/// not made again.
public struct DenoisingJob {
  /// Files, and folders that are searched recursively.
  public var inputs: [FilePath]
  /// The folder for the results.
  public var output: FilePath
  /// The noise in grey levels of 255; nil has it estimated from each image.
  public var sigma: Double?
  /// The images are clean ones, and noise of `sigma` is added to them first, neither rounded nor
  /// clipped: a trial of a model.
  public var addsNoise = false
  /// What the added noise follows from.
  public var noiseSeed: UInt64 = 0
  /// Where the noisy images are written as PNG, where noise is added.
  public var noisy: FilePath?
  /// The HDF5 file for the noisy images as they are, neither rounded nor clipped.
  public var noisyFile: FilePath?
  /// Whether colours may be made grey for a network of grey images.
  public var convertsColour = false
  /// Whether an image that cannot be denoised ends the job.
  public var isStrict = false

  /// A job with the usual settings.
  public init(inputs: [FilePath], output: FilePath) {
    self.inputs = inputs
    self.output = output
  }

  /// What a job has done.
  public struct Outcome: Sendable {
    /// Images denoised now.
    public var written = 0
    /// Images that were there before.
    public var skipped = 0
    /// Why images could not be denoised, each with its path.
    public var failures: [String] = []
    /// All images of which there is a result now.
    package var files: [ImageFile] = []
  }

  /// The images, and how many of them have no result yet.
  public func survey(_ denoiser: Denoiser) throws -> (images: Int, missing: Int) {
    let files = try listed()
    return (files.count, try files.filter { try isMissing($0, denoiser) }.count)
  }

  /// Denoises the images that have no result yet.
  ///
  /// - Parameters:
  ///   - progress: is told how many of how many images are done.
  ///   - report: is told of images that cannot be denoised.
  ///   - shouldStop: asked before each image.
  public func run(
    _ denoiser: Denoiser, progress: (Int, Int) -> Void = { _, _ in },
    report: (String) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Outcome {
    let files = try listed()
    try Folders.make(output)
    var outcome = Outcome()
    let floats = try makeNoisyFile(files)
    let writers = PNGWriters()
    var prepared: Set<FilePath> = []
    for (done, file) in files.enumerated() {
      if shouldStop() { break }
      progress(done, files.count)
      let path = path(of: file)
      do {
        try checkLength(of: path, file)
        let folder = file.outputPath.removingLastComponent()
        if prepared.insert(folder).inserted { try prepare(folder) }
        let isMissing = try isMissing(file, denoiser)
        if isMissing || floats != nil {
          var image = try NoisyImage(file.path, denoiser.model, converting: convertsColour)
          if addsNoise, let sigma {
            image.addNoise(sigma: sigma, seed: noiseSeed, index: stableIndex(file))
            try floats?.append(
              source: file.relativePath.string, image.values, shape: image.shape)
            try writeNoisy(image, file, sigma, writers)
          }
          guard isMissing else {
            outcome.skipped += 1
            outcome.files.append(file)
            continue
          }
          let result = try image.denoised(
            by: denoiser, sigma: sigma, index: stableIndex(file))
          try writers.write(
            result.image, provenance(denoiser, estimated: sigma == nil ? result.sigma : nil),
            to: path)
          outcome.written += 1
        } else {
          outcome.skipped += 1
        }
        outcome.files.append(file)
      } catch let error as PNGError where !isStrict {
        outcome.failures.append("\(error)")
        report("left out: \(error)")
      } catch let error as DenoisingError where !isStrict {
        outcome.failures.append("\(error)")
        report("left out: \(error)")
      }
    }
    try writers.finish()
    if outcome.files.count + outcome.failures.count == files.count { try floats?.finish() }
    return outcome
  }

  /// Begins the file of noisy images; nil where none is wanted, or the one wanted is there.
  private func makeNoisyFile(_ files: [ImageFile]) throws -> NoisyImagesFile? {
    guard let noisyFile, addsNoise, let sigma else { return nil }
    if Folders.exists(noisyFile) {
      // What is no such file stays: that is an error.
      let found = try NoisyImages(noisyFile)
      let sources = files.map(\.relativePath.string)
      if found.sigma == sigma, found.seed == noiseSeed, found.sources == sources { return nil }
    }
    try Folders.make(noisyFile.removingLastComponent())
    return try NoisyImagesFile(noisyFile, sigma: sigma, seed: noiseSeed)
  }

  private func writeNoisy(
    _ image: NoisyImage, _ file: ImageFile, _ sigma: Double, _ writers: PNGWriters
  ) throws {
    guard let noisy, let path = noisyPath(of: file) else { return }
    try Folders.make(noisy)
    try Folders.make(file.outputPath.removingLastComponent(), below: noisy)
    try writers.write(
      image.image,
      Provenance("noise", [("sigma", "\(sigma)"), ("seed", "\(noiseSeed)")]), to: path)
  }

  /// Makes a folder of results, and removes what dead writers left in it.
  private func prepare(_ folder: FilePath) throws {
    try Folders.make(folder, below: output)
    Folders.removeAbandoned(in: output.appending(folder.components))
  }

  /// Refuses a result that no file could be: names end at 255 bytes, paths at 4095.
  private func checkLength(of path: FilePath, _ file: ImageFile) throws(DenoisingError) {
    let name = path.lastComponent.map { FilePath(root: nil, [$0]).length } ?? 0
    if name > 255 || path.length > 4095 { throw .nameTooLong(file.path) }
  }

  private func listed() throws -> [ImageFile] {
    if addsNoise, sigma == nil {
      throw GenerationError.setting("add-noise", cause: "needs the noise's standard deviation")
    }
    let files = try ImageListing.images(
      in: inputs, outputs: [output] + (noisy.map { [$0] } ?? []))
    try ImageListing.checkOutputs(of: files)
    return files
  }

  /// Where the result of an image goes.
  package func path(of file: ImageFile) -> FilePath { output.pushing(file.outputPath) }

  /// Where an image with noise added goes.
  package func noisyPath(of file: ImageFile) -> FilePath? { noisy?.pushing(file.outputPath) }

  private func isMissing(_ file: ImageFile, _ denoiser: Denoiser) throws -> Bool {
    let path = path(of: file)
    guard Folders.exists(path) else { return true }
    let found = try Provenance(of: path)?.text ?? "not made by Stipple"
    let expected = provenance(denoiser, estimated: nil).text
    // What was estimated is told behind.
    guard found == expected || found.hasPrefix(expected + "; estimated") else {
      throw GenerationError.otherImage(path, found: found, expected: expected)
    }
    return false
  }

  private func provenance(_ denoiser: Denoiser, estimated: Double?) -> Provenance {
    var facts = denoiser.model.facts + [("method", denoiser.method.rawValue)]
    if denoiser.method == .sample {
      facts += [("seed", "\(denoiser.seed)"), ("steps", "\(denoiser.steps)")]
    }
    facts.append(("sigma", sigma.map { "\($0)" } ?? "of each image"))
    if denoiser.precision == .bfloat16 { facts.append(("precision", "bf16")) }
    if addsNoise { facts.append(("added with seed", "\(noiseSeed)")) }
    if let estimated { facts.append(("estimated", "\((estimated * 100).rounded() / 100)")) }
    return Provenance("denoise", facts)
  }

  /// A number that follows from an image's place below its input folder alone, so that its noise is
  /// the same whatever other images there are.
  private func stableIndex(_ file: ImageFile) -> UInt32 {
    let hash = FNV1a.hash(file.relativePath.string.utf8)
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }
}

/// More memory than an image may take, in bytes.
public struct DenoiserMemory: Error, Equatable, Sendable {
  /// What it takes even where one tile is computed at a time.
  public let needed: Int
  /// What it may take.
  public let limit: Int
}

/// Why an image cannot be denoised.
public enum DenoisingError: Error, Equatable, Sendable, CustomStringConvertible {
  case colour(FilePath)
  case transparency(FilePath)
  /// Of the result.
  case nameTooLong(FilePath)
  case size(FilePath, clean: FilePath, cause: String)
  case noReference(FilePath, reference: FilePath)
  case memory(FilePath, DenoiserMemory)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .colour(let path):
      return "\(path): has colours, and the network knows grey alone; --convert makes it grey"
    case .transparency(let path):
      return "\(path): has no transparency, which the network was trained with"
    case .nameTooLong(let path):
      return "\(path): cannot be denoised: its output's name would be too long"
    case .size(let path, let clean, let cause):
      return "\(path): cannot be compared with \(clean): \(cause)"
    case .noReference(let path, let reference):
      return "\(path): cannot be compared: there is no \(reference)"
    case .memory(let path, let memory):
      return """
        \(path): takes \(memory.needed / 1_000_000) MB, and --memory allows \
        \(memory.limit / 1_000_000) MB; allow more, or give smaller tiles with --tile
        """
    }
  }
}
