internal import Checkpoints
internal import Compiler
internal import Files
package import Images
internal import PNGCodec
public import Sampling
public import SystemPackage

/// A folder of denoised images that mirrors the folders of the noisy ones; what already exists is
/// not made again.
public struct DenoisingJob: Sendable {
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
  /// How pictures are read and written.
  public var pictures = PictureSettings()
  /// Whether files that are there and were made otherwise may be replaced.
  public var overwrites = false
  /// Whether an image that cannot be denoised ends the job.
  public var isStrict = false

  /// A job with the usual settings.
  public init(inputs: [FilePath], output: FilePath) {
    self.inputs = inputs
    self.output = output
  }

  /// The images, and how many of them have no result yet.
  ///
  /// - Parameter report: is told what is left out.
  public func survey(
    _ denoiser: Denoiser, report: (String) -> Void = { _ in }
  ) throws -> (images: Int, missing: Int) {
    let files = try checked(denoiser, report).files
    return (files.count, try missing(files, denoiser).count)
  }

  /// The images that have no result yet.
  func missingFiles(_ denoiser: Denoiser) throws -> [ImageFile] {
    try missing(listed { _ in }.files, denoiser)
  }

  private func missing(_ files: [ImageFile], _ denoiser: Denoiser) throws -> [ImageFile] {
    let expected = provenanceText(denoiser)
    return try files.filter { try isMissing($0, expected) }
  }

  /// The images, where the settings, the memory and what is there allow the job.
  private func checked(
    _ denoiser: Denoiser, _ report: (String) -> Void
  ) throws -> ImageListing.Found {
    try denoiser.checkClasses()
    try denoiser.check(sigma: sigma, of: addsNoise ? .addNoise : .sigma)
    try denoiser.checkMemory()
    let found = try listed(report)
    try checkNoisy(found.files)
    return found
  }

  /// Denoises the images that have no result yet.
  ///
  /// - Parameters:
  ///   - progress: is told how many of how many images are done.
  ///   - report: is told of images that cannot be denoised, and of what is left out.
  ///   - shouldStop: asked before each image.
  public func run(
    _ denoiser: Denoiser, progress: (Int, Int) -> Void = { _, _ in },
    report: (String) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> BatchOutcome {
    let found = try checked(denoiser, report)
    let files = found.files
    try Folders.make(output)
    var outcome = BatchOutcome()
    let floats = try makeNoisyFile(files)
    let writers = PNGWriters()
    for file in files { writers.removeLeft(beside: path(of: file)) }
    var reader = DenoisingGroups(self, files, for: denoiser, readsAll: floats != nil)
    // Images are read, and their noise estimated, while others are computed.
    let ahead = denoiser.imagesAtOnce > 1 ? ReadAhead(2, making: reader) { try $0.next() } : nil
    var prepared: Set<FilePath> = []
    var notes = PictureNotes()
    var done = 0
    func leaveOut(_ error: any Error) {
      outcome.failures.append("\(error)")
      report("left out: \(error)")
    }
    for error in found.unlisted {
      if isStrict { throw error }
      leaveOut(error)
    }

    while !shouldStop(), let group = try ahead.map({ try $0.next() }) ?? reader.next() {
      progress(done, files.count)
      done += group.count
      var missing: [DenoisingInput] = []
      for item in group {
        switch item {
        case .failed(let error): leaveOut(error)
        case .skipped(let file):
          outcome.skipped += 1
          outcome.files.append(file)
          outcome.estimatedSigmas[file] = try estimate(toldBy: path(of: file))
        case .image(let input):
          let image = input.image
          outcome.estimatedSigmas[input.file] = Self.rounded(input.estimatedNoiseLevel * 127.5)
          notes.say(image.source.notes, report)
          if image.source.isAnimation { outcome.animations += 1 }
          try floats?.file.append(
            source: input.file.relativePath.string, image.values, shape: image.shape)
          try writeNoisy(image, input.file, writers)
          if input.isMissing {
            missing.append(input)
          } else {
            outcome.skipped += 1
            outcome.files.append(input.file)
          }
        }
      }
      for (input, result) in try denoised(missing, by: denoiser) {
        switch result {
        case .failure(let error) where isStrict: throw error
        case .failure(let error): leaveOut(error)
        case .success(let image):
          let folder = input.file.outputPath.removingLastComponent()
          if prepared.insert(folder).inserted { try results.makeFolder(for: input.file) }
          let estimated = sigma == nil ? outcome.estimatedSigmas[input.file] : nil
          try writers.write(
            image, provenance(denoiser, estimated: estimated), to: path(of: input.file),
            over: overwrites ? .replaced : .keptIfSame)
          outcome.written += 1
          outcome.files.append(input.file)
        }
      }
    }
    try writers.finish()
    if let floats,
      outcome.files.count + outcome.failures.count - found.unlisted.count == files.count
    {
      try floats.file.finish(replacing: floats.isReplacing)
    }
    return outcome
  }

  /// The clean images, or why there is one that has none.
  private func denoised(
    _ inputs: [DenoisingInput], by denoiser: Denoiser
  ) throws -> [(DenoisingInput, Result<FinishedPicture, DenoisingError>)] {
    guard let first = inputs.first else { return [] }
    do {
      let clean = try denoiser.denoise(
        inputs.map {
          .init(values: $0.image.values, noiseLevel: $0.noiseLevel, index: $0.index)
        }, width: first.image.width, height: first.image.height)
      return zip(inputs, clean).map { ($0, .success($0.image.image($1))) }
    } catch let error as DenoiserMemory {
      return inputs.map { ($0, .failure(.memory($0.file.path, error))) }
    }
  }

  /// Begins the file of noisy images; nil where none is wanted, or the one wanted is there.
  private func makeNoisyFile(
    _ files: [ImageFile]
  ) throws -> (file: NoisyImagesFile, isReplacing: Bool)? {
    guard let noisyFile, addsNoise, let sigma else { return nil }
    let isThere = try Folders.exists(noisyFile)
    if isThere, let found = try? NoisyImages(noisyFile) {
      let sources = files.map(\.relativePath.string)
      if found.sigma == sigma, found.seed == noiseSeed, found.sources == sources { return nil }
    }
    try Folders.make(noisyFile.removingLastComponent())
    return (try NoisyImagesFile(noisyFile, sigma: sigma, seed: noiseSeed), isThere)
  }

  private func writeNoisy(
    _ image: NoisyImage, _ file: ImageFile, _ writers: PNGWriters
  ) throws {
    guard let noisy, let sigma, let path = noisyPath(of: file) else { return }
    try MirroredFolder(path: noisy).makeFolder(for: file)
    try writers.write(
      image.image, Self.noisyProvenance(sigma, noiseSeed), to: path,
      over: overwrites ? .replaced : .replacedIfSame)
  }

  /// Makes sure that noisy images replace nothing but their own.
  private func checkNoisy(_ files: [ImageFile]) throws {
    if overwrites { return }
    if let noisyFile, try Folders.exists(noisyFile), !OutputKind.tensors(.noisy).isOwn(noisyFile) {
      throw OutputError.foreign(noisyFile, kind: OutputKind.tensors(.noisy).name)
    }
    guard let noisy, let sigma, try Folders.exists(noisy) else { return }
    let provenance = Self.noisyProvenance(sigma, noiseSeed)
    for file in files {
      _ = try provenance.isTold(by: noisy.pushing(file.outputPath), overwriting: false)
    }
  }

  private static func noisyProvenance(_ sigma: Double, _ seed: UInt64) -> Provenance {
    Provenance("noise", [("sigma", "\(sigma)"), ("seed", "\(seed)")])
  }

  private func listed(_ report: (String) -> Void) throws -> ImageListing.Found {
    if addsNoise, sigma == nil {
      throw SettingError("add-noise", cause: "needs the noise's standard deviation")
    }
    return try results.images(of: inputs, twin: noisy, report: report)
  }

  var results: MirroredFolder { MirroredFolder(path: output, overwrites: overwrites) }

  /// Where the result of an image goes.
  package func path(of file: ImageFile) -> FilePath { results.path(of: file) }

  /// Where an image with noise added goes.
  package func noisyPath(of file: ImageFile) -> FilePath? { noisy?.pushing(file.outputPath) }

  /// How a result tells of itself, before what was estimated.
  func provenanceText(_ denoiser: Denoiser) -> String {
    provenance(denoiser, estimated: nil).text
  }

  private func provenance(_ denoiser: Denoiser, estimated: Double?) -> Provenance {
    var facts = denoiser.model.facts + [("method", denoiser.method.rawValue)]
    if denoiser.method == .sample {
      facts += [("seed", "\(denoiser.seed)"), ("steps", "\(denoiser.steps)")]
    }
    facts.append(("sigma", sigma.map { "\($0)" } ?? "of each image"))
    if denoiser.precision == .bfloat16 { facts.append(("precision", "bf16")) }
    facts += pictures.facts
    if addsNoise { facts.append(("added with seed", "\(noiseSeed)")) }
    if let estimated { facts.append((Self.estimateName, "\(estimated)")) }
    return Provenance("denoise", facts)
  }

  private static let estimateName = "estimated"

  /// Hundredths of a gray level: more is not known of an estimate.
  static func rounded(_ sigma: Double) -> Double { (sigma * 100).rounded() / 100 }

  /// What a result says that was estimated of its image; nil where the noise was given.
  private func estimate(toldBy result: FilePath) throws -> Double? {
    try Provenance(of: result)?.facts.first { $0.0 == Self.estimateName }.flatMap { Double($0.1) }
  }
}
