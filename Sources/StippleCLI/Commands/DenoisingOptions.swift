import ArgumentParser
import Stipple
import SystemPackage

/// How images are denoised.
struct DenoisingOptions: ParsableArguments {
  @Option(
    help: .text(
      "Checkpoint file, run folder, or name (see stipple models).", "MODEL",
      default: "built-in"))
  var model: FilePath?

  @Option(
    help: .text(
      "Noise level sigma (0-255 scale), or a range A..B for the estimate.", "S",
      default: "estimated for each image"))
  var sigma: SigmaOption?

  @Option(
    help: .text(
      "Known noise: gaussian:S, poisson:P (variance P x for x in 0...1), or both with +.", "NOISE"))
  var noise: KnownNoise?

  @Option(help: .text("Fraction of the noise to remove.", "K", range: .luma))
  var strength = 1.0

  @Option(
    help: .text(
      "Fraction of the brightness noise to remove.", "K", range: .luma, default: "--strength"))
  var luma: Double?

  @Option(
    help: .text(
      "Fraction of the color noise to remove.", "K", range: .chroma, default: "--strength"))
  var chroma: Double?

  @Option(
    help: .text("Fraction of the finest brightness noise to mix back.", "K", range: .keepGrain))
  var keepGrain = 0.0

  @Flag(help: .text("Copy images that turn out to be clean, byte for byte."))
  var copyClean = false

  @Option(help: .text("Estimator, see below.", "NAME"))
  var method = Denoiser.Method.mean

  @Option(help: .text("Sampling steps, with --method sample.", "N", default: "\(Self.usualSteps)"))
  var steps: Int?

  static let usualSteps = 50

  @Option(
    help: .text(
      "Average over N flipped copies (self-ensemble); takes N times as long.", "N"))
  var ensemble = SelfEnsemble.one

  @Option(
    help: .text(
      "Random seed, with --method sample or --add-noise.", "N", default: "\(Self.usualSeed)"))
  var seed: UInt64?

  static let usualSeed: UInt64 = 0

  @Option(help: .text("Maximum tile size in pixels.", "N", default: "chosen by the model"))
  var tile: Int?

  @Option(help: .text("Memory limit per image, such as 500M or 2G.", "SIZE"))
  var memory: MemorySize?

  func validate() throws {
    try check(.sigma, sigma?.value)
    try check(.luma, strength, of: "--strength")
    try check(.luma, luma)
    try check(.chroma, chroma)
    try check(.keepGrain, keepGrain)
    try check(.steps, steps)
    try check(.tile, tile)
    if steps != nil, method != .sample {
      throw ValidationError("--steps: only for --method sample; the method is \(method)")
    }
    if ensemble != .one, method != .mean {
      throw ValidationError("--ensemble: only for --method mean; the method is \(method)")
    }
    if sigma != nil && noise != nil {
      throw ValidationError("--noise: cannot be combined with --sigma; give gaussian:S in it")
    }
  }

  /// Takes over what is said of the noise.
  func settle(_ job: inout DenoisingJob) {
    job.sigma = sigma?.value ?? noise?.sigma
    if noise != nil { job.sigmaSetting = .noise }
    job.sigmaRange = sigma?.range
    job.gain = noise?.gain
    job.strength.luma = luma ?? strength
    job.strength.chroma = chroma ?? strength
    job.strength.grain = keepGrain
    job.copiesClean = copyClean
  }
}

/// A number, or a range of two.
struct SigmaOption: ExpressibleByArgument {
  private(set) var value: Double?
  private(set) var range: NoiseRange?

  init?(argument: String) {
    value = Double(argument)
    range = NoiseRange(argument)
    if value == nil && range == nil { return nil }
  }
}

extension KnownNoise: @retroactive ExpressibleByArgument {
  /// Reads what a user types.
  public init?(argument: String) { self.init(argument) }
}

extension Denoiser.Method: @retroactive ExpressibleByArgument {}

extension SelfEnsemble: @retroactive ExpressibleByArgument {}
