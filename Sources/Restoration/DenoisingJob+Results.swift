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
  func denoised(
    _ inputs: [DenoisingInput], by denoiser: Denoiser
  ) throws -> [(DenoisingInput, Result<Denoised, DenoisingError>)] {
    guard let first = inputs.first else { return [] }
    let (width, height) = (first.image.width, first.image.height)
    func clean(_ inputs: [DenoisingInput]) throws -> [[Float]] {
      try denoiser.denoise(
        inputs.map {
          .init(
            values: $0.image.values, noiseLevel: $0.noiseLevel, gain: gain ?? 0, index: $0.index)
        }, width: width, height: height)
    }
    do {
      return try zip(inputs, clean(inputs)).map { input, clean in
        var clean = clean
        var noise = input.estimate ?? input.image.noise(without: clean)
        if input.noiseLevel == nil, let told = noise.sigmaOutside(sigmaRange) {
          clean = try self.clean(input, told: told, by: denoiser)
          noise = input.image.noise(without: clean)
        }
        return (input, .success(.init(picture: finished(clean, input.image), noise: noise.rounded)))
      }
    } catch let error as DenoiserMemory {
      return inputs.map { ($0, .failure(.memory($0.file.path, error))) }
    }
  }

  /// The clean image of one whose noise has turned out to be out of the range that is known.
  private func clean(
    _ input: DenoisingInput, told sigma: Double, by denoiser: Denoiser
  ) throws -> [Float] {
    try denoiser.denoise(
      [
        .init(
          values: input.image.values, noiseLevel: sigma / 127.5, gain: gain ?? 0,
          index: input.index)
      ], width: input.image.width, height: input.image.height)[0]
  }

  private func finished(_ clean: [Float], _ image: NoisyImage) -> FinishedPicture {
    image.image(
      strength.applied(
        to: clean, of: image.values, colors: min(image.shape[0], 3), width: image.width,
        height: image.height))
  }

  /// Puts an image's own bytes in the place of its result.
  func copy(_ file: ImageFile) throws {
    try FileCopy.copy(file.path, to: path(of: file), replacing: overwrites)
  }

  /// Whether the result of an image is the image's own bytes.
  func isCopied(_ file: ImageFile) -> Bool {
    guard strength.isNone || copiesClean else { return false }
    return FileCopy.haveSameBytes(file.path, path(of: file))
  }

  /// The standard deviation that the network is told on the [-1, 1] scale; nil where it is to find it itself.
  func noiseLevel(estimated: NoiseEstimate?) -> Double? {
    if let sigma { return sigma / 127.5 }
    if gain != nil { return 0 }
    guard let estimated else { return nil }
    return (estimated.sigmaOutside(sigmaRange) ?? estimated.sigma) / 127.5
  }
}

extension NoisyImage {
  /// What the noise is like that a clean image lacks.
  func noise(without clean: [Float]) -> NoiseEstimate {
    NoiseEstimate(
      noisy: values, clean: clean, channels: min(shape[0], 3), width: width, height: height,
      isGray: colors == 1)
  }
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
