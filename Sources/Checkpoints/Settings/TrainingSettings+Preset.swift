internal import Diffusion
internal import Images
internal import Networks

extension TrainingSettings {
  /// The usual settings for a network, and of a recipe; nil takes the usual one, which is `ddpm` for denoisers.
  public init(preset: String = automaticPreset, recipe: Recipe?) {
    self.preset = preset
    let network = UNetPreset(rawValue: preset)
    let isDenoiser = network == .denoiser || network == .restoration
    follow(recipe ?? (isDenoiser ? .ddpm : .standard))
    switch network {
    case .denoiser:
      becomeDenoiser()
      noiseRange = NoiseRange("0..75")
      lossWeighting = .minSNR
      minSNRGamma = 50
    case .restoration:
      becomeDenoiser()
      degradation = Degradation()
    default: break
    }
  }

  /// The usual settings for a network.
  public init(preset: String) { self.init(preset: preset, recipe: nil) }

  /// The presets by name.
  public static var presets: [String] { [automaticPreset] + UNetPreset.allCases.map(\.rawValue) }

  /// The levels that a network may have.
  static let levelRange = 3...UNetPreset.mostLevels

  /// The preset that `TrainingPlan` replaces by one that suits the time.
  public static let automaticPreset = "auto"

  /// The noise schedules by name, but for `listed`, which reads `betas`.
  public static var schedules: [String] { NoiseSchedule.Kind.computed.map(\.rawValue) }

  /// Class labels.
  public enum Classes: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// The first folder below the input folder that the image is in.
    case folders
  }

  /// A denoiser sees pieces of photographs in all positions, with all the noise that it may be asked
  /// about. As a network of diffusion its squared errors of x_0 count alike where there is much noise and are held
  /// back where there is little (min-SNR), so that no level is learned at the cost of another.
  private mutating func becomeDenoiser() {
    size = ImageSize(width: 64, height: 64)
    fit = .randomCrop
    flip = true
    rotate = true
    learningRate = 1e-3
    weightDecay = 0
    emaDecay = 0.999
  }

  /// What an example's squared error counts for.
  public enum LossWeighting: String, Codable, Sendable, CaseIterable {
    /// All alike.
    case constant
    /// No more than `minSNRGamma` times that of the clean image.
    case minSNR = "min-snr"
    /// No less than where there is as much image as noise.
    case truncatedSNR = "truncated-snr"
    /// What it has in the variational bound.
    case bound
  }
}
