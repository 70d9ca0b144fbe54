internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
public import Sampling
internal import SystemPackage

// What becomes of an image.
extension DenoisingJob {
  /// An image without its noise, and what is known of that.
  struct Denoised {
    let picture: FinishedPicture
    let noise: NoiseEstimate
  }

  /// The clean images, or why there is one that has none.
  ///
  /// - Throws: `CancellationError` where the work is to end.
  func denoised(
    _ inputs: [DenoisingInput], by denoiser: Denoiser, in items: JobItems<ItemResult>
  ) throws -> [(DenoisingInput, Result<Denoised, DenoisingError>)] {
    let drawn = inputs.filter(\.isDrawn).map { input in
      (
        input,
        Result<_, DenoisingError>.success(
          Denoised(picture: input.image.image, noise: NoiseEstimate(sigma: 0)))
      )
    }
    return try drawn + denoised(noisy: inputs.filter { !$0.isDrawn }, by: denoiser, in: items)
  }

  private func denoised(
    noisy inputs: [DenoisingInput], by denoiser: Denoiser, in items: JobItems<ItemResult>
  ) throws -> [(DenoisingInput, Result<Denoised, DenoisingError>)] {
    do {
      return try zip(inputs, clean(inputs, by: denoiser, in: items)).map { input, first in
        var clean = first
        if input.noiseLevel == nil, let told = first.noise.sigmaOutside(sigmaRange) {
          clean = try self.clean([input], told: told, by: denoiser, in: items)[0]
        }
        return (
          input,
          .success(
            .init(
              picture: input.image.source.finished(clean.result), noise: clean.noise.rounded))
        )
      }
    } catch let error as DenoiserMemory {
      return inputs.map { ($0, .failure(.memory($0.file.path, error))) }
    }
  }

  /// The clean images of some of one size, `told` in gray levels what their noise is like.
  private func clean(
    _ inputs: [DenoisingInput], told sigma: Double? = nil, by denoiser: Denoiser,
    in items: JobItems<ItemResult>
  ) throws -> [CleanImage] {
    let areGray = inputs.map(\.image.isGray)
    var images = zip(inputs, areGray).map { CleanImage(of: $0, strength, isGray: $1) }
    try denoiser.denoise(
      zip(inputs, areGray).map { input, isGray in
        let level = sigma.map { $0 / 127.5 } ?? input.noiseLevel
        return Denoiser.Input(
          width: input.image.width, height: input.image.height, noiseLevel: level, gain: gain ?? 0,
          index: input.index, isGray: isGray, isVisible: input.image.isVisible,
          rows: input.image.rows)
      }, shouldStop: { items.isStopped }
    ) { index, band in
      images[index].add(band)
      let height = inputs[index].image.height
      if band.rows.upperBound < height {
        items.progress(part: Double(band.rows.upperBound) / Double(height))
      }
    }
    return images
  }

  /// Puts an image's own bytes in the place of its result.
  func copy(_ file: ImageFile, replacing: Bool) throws {
    try FileCopy.copy(file.path, to: path(of: file), replacing: overwrites || replacing)
  }

  /// Whether an image from which nothing is taken away comes out as it is: not where its result is to be of another kind, or
  /// noise is added.
  var copiesBytes: Bool { pictures.keepsPictures && addedSigma == nil }

  /// Whether the result of an image is the image's own bytes.
  func isCopied(_ file: ImageFile) -> Bool {
    guard copiesBytes, strength.isNone || copiesClean else { return false }
    return FileCopy.haveSameBytes(file.path, path(of: file))
  }

  /// Whether there may be no noise at all, as far as is said.
  var isBlind: Bool {
    sigma == nil && gain == nil && addedSigma == nil && (sigmaRange?.lowest ?? 0) == 0
  }

  /// The standard deviation that the network is told on the [-1, 1] scale; nil where it is to find it itself.
  func noiseLevel(estimated: NoiseEstimate?) -> Double? {
    if let sigma { return sigma / 127.5 }
    if gain != nil { return 0 }
    guard let estimated else { return nil }
    return (estimated.sigmaOutside(sigmaRange) ?? estimated.sigma) / 127.5
  }
}

/// A clean image that grows band by band, and what is known of the noise that it lacks.
private struct CleanImage {
  private let image: NoisyImage
  private let strength: DenoisingStrength
  private(set) var result: ResultImage
  /// What was known of the noise before.
  private let estimate: NoiseEstimate?
  /// Whether the colors are one channel repeated: then they are so in the result.
  private let isGray: Bool
  private var removed: RemovedNoise

  init(of input: DenoisingInput, _ strength: DenoisingStrength, isGray: Bool) {
    (image, self.strength, estimate) = (input.image, strength, input.estimate)
    result = image.blank
    self.isGray = isGray && image.shape[0] >= 3
    removed = RemovedNoise(
      channels: min(image.shape[0], 3), width: image.width, height: image.height,
      isGray: image.colors == 1)
  }

  mutating func add(_ band: RowBand) {
    let clean = isGray ? band.gray(width: image.width) : band
    let noisy = image.rows(clean.seen)
    if estimate == nil {
      let seen = (clean.seen.lowerBound * image.width)..<(clean.seen.upperBound * image.width)
      removed.add(clean, noisy: noisy, isVisible: image.isVisible.map { Array($0[seen]) })
    }
    image.put(
      strength.applied(
        to: clean, of: noisy, colors: min(image.shape[0], 3), width: image.width),
      into: &result)
  }

  var noise: NoiseEstimate { estimate ?? removed.estimate }
}

extension NoiseEstimate {
  /// Below which noise is no more than that of rounding, in gray levels.
  public static let cleanSigma = 1.0

  /// Whether an image with such noise is clean.
  public var isClean: Bool { sigma < Self.cleanSigma }

  /// The end of a range that the noise lies outside of; nil where it lies within.
  func sigmaOutside(_ range: NoiseRange?) -> Double? {
    guard let range else { return nil }
    let held = min(max(sigma, range.lowest), range.highest)
    return held == sigma ? nil : held
  }

  /// Hundredths of a gray level: more is not known of an estimate.
  var rounded: NoiseEstimate {
    var rounded = self
    rounded.sigma = Self.rounded(sigma)
    for path in [\NoiseEstimate.luma, \.chroma, \.readNoise, \.gain, \.correlation] {
      rounded[keyPath: path] = self[keyPath: path].map(Self.rounded)
    }
    return rounded
  }

  static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

extension DenoisingStrength {
  /// What results say of it; nothing where all noise is taken away.
  var facts: [(String, String)] {
    if self == DenoisingStrength() { return [] }
    return [("luma", "\(luma)"), ("chroma", "\(chroma)"), ("grain", "\(grain)")]
  }
}
