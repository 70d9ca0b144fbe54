public import Diffusion
public import Images

/// Everything about a training run that a user can choose: each property is a flag of `stipple train` and a key of
/// `config.yaml`, whose names `CodingKeys` has (`emaDecay` is `ema-decay`).
///
/// The initial values at the properties are those of the recipe `ddpm`; the initializers take on the ones of another.
public struct TrainingSettings: Codable, Equatable, Sendable {
  /// The network by name: tiny, small, base, ddpm, denoiser, restoration, or auto for one that suits the time.
  ///
  /// Assigned, it changes the network alone; `init(preset:recipe:)` also gives the usual settings for it, which denoisers
  /// need.
  public var preset = Self.automaticPreset
  /// The network's levels, each of half the width and height of the one before; nil for the preset's own, and more for
  /// images larger than 64 x 64.
  public var levels: Int?
  /// The model whose weights the training starts from, by file, run folder or name; nil for random weights.
  public var startFrom: String?
  /// What a paper's training is like: the usual values of some of the settings below, which
  /// `init(preset:recipe:)` gives them. Later changes of those are exceptions from it.
  public internal(set) var recipe = Recipe.ddpm
  /// WIDTHxHEIGHT; nil takes it from the images where they agree.
  public var size: ImageSize?
  /// How images of other sizes are made to fit.
  public var fit = Fit.crop
  /// 1 for gray, 3 for RGB, 4 for RGBA; nil takes it from the images.
  public var channels: Int?
  /// Background color for transparent images, as `#rrggbb`.
  public var background = "#ffffff"
  /// Random horizontal flips.
  public var flip = false
  /// Random 90-degree rotations of square images.
  public var rotate = false
  /// Probability of each of the random changes of images of which the network is told (`Augmentation`); nil takes it
  /// from the number of images.
  public var augment: Double?
  /// Where class labels come from.
  public var classes = Classes.none
  /// Class dropout rate: how often a label is replaced by the null class, for classifier-free guidance.
  public var classDropout = 0.1
  /// Validation fraction.
  public var validation = 0.05
  /// How validation images are chosen. It has no flag: a run keeps the value it was begun with.
  public var validationSplit = ValidationSplit.ranked

  /// Batch size.
  public var batch = 16
  /// Gradient accumulation steps.
  public var accumulate = 1
  /// Where the run ends: a number of steps, a time, or the first of both.
  public var steps: Int?
  /// Of training, in all sessions.
  public var time: RunTime?
  /// Whether the run ends before that where its sample images no longer come nearer to the real ones.
  public var untilGood = false
  /// Peak learning rate of AdamW.
  public var learningRate = 2e-4
  /// Learning-rate schedule after the warm-up.
  public var learningRateSchedule = LearningRateSchedule.constant
  /// Linear warm-up steps.
  public var warmup = 500
  /// Decoupled weight decay of AdamW.
  public var weightDecay = 0.01
  /// Gradient clipping norm; 0 disables clipping.
  public var clip = 1.0
  /// EMA decay.
  public var emaDecay = 0.9999
  /// Dropout rate.
  public var dropout = 0.0
  /// Compute precision.
  public var precision = Precision.auto
  /// What several processes send gradients as.
  public var gradientType = GradientType.float32
  /// Random seed.
  public var seed: UInt64 = 0
  /// CPU threads; nil for all CPUs.
  public var threads: Int?
  /// Memory that training may take, for which it computes more than once what else is kept; nil for 90 % of the memory
  /// available.
  public var memory: MemorySize?

  /// Noise schedule: linear, scaled-linear, cosine, sigmoid, sigmoid-beta, flow, edm, or listed (from `betas`).
  public var schedule = "linear"
  /// T, the number of diffusion timesteps.
  public var timesteps = 1000
  /// beta of the first timestep; nil for 0.0001 scaled by 1000/T.
  public var betaStart: Double?
  /// beta of the last timestep; nil for 0.02 scaled by 1000/T.
  public var betaEnd: Double?
  /// beta of every timestep, where the schedule is listed.
  public var betas: Betas?
  /// Whether the schedule is rescaled so that nothing of the image is left at its end.
  public var zeroTerminalSNR = false
  /// What the network predicts.
  public var objective = Objective.epsilon
  /// The variance of the reverse steps: beta~, beta, or learned between both.
  public var variance = ReverseVariance.betaTilde

  /// The distribution that training timesteps are drawn from.
  public var timestepSampling = Sampling.uniform
  /// Input perturbation strength (Ning et al. 2023): the standard deviation of extra noise in the network's input.
  public var inputPerturbation = 0.0
  /// Offset noise strength: the standard deviation of noise that is constant over each channel.
  public var offsetNoise = 0.0
  /// Noise levels to train on, sigma on the 0-255 scale; nil for all timesteps of the schedule.
  public var noiseRange: NoiseRange?
  /// What is done to images so that a restoration network learns to undo it; nil for a diffusion process.
  public var degradation: Degradation?
  /// Loss weighting by signal-to-noise ratio.
  public var lossWeighting = LossWeighting.constant
  /// Min-SNR gamma.
  public var minSNRGamma = 5.0

  /// Steps between checkpoints; the validation loss is measured at each.
  public var checkpointEvery = 1000
  /// Steps between sample images; 0 disables them.
  public var sampleEvery = 1000
  /// The number of latest checkpoints to keep, besides the best one.
  public var keep = 3
  /// Steps between snapshots for post-hoc EMA; 0 disables them.
  public var snapshotEvery = 0

  /// The steps whose training batches are recorded; nil for none.
  public var recordBatches: Recording?
  /// A file or folder of recorded batches or noisy samples to train on instead of images.
  public var replay: String?
  /// The model that is made into one of few steps; nil for a training from scratch. It has no flag: `stipple distill`.
  public var distillation: Distillation?

  /// The defaults of `stipple train`: recipe `flow`, learning rate 0.001 with cosine decay. (The initial values at the
  /// properties are those of recipe `ddpm`.)
  public init() { self.init(recipe: nil) }

  /// Where a run ends for which neither steps nor a time are given.
  public static let standardSteps = 20_000

  /// How the images that are kept for validation are chosen, both by hashes of their names.
  public enum ValidationSplit: String, Codable, Sendable, CaseIterable {
    /// The part wanted of all images, rounded: those with the smallest hashes.
    case ranked
    /// Each image by itself, so that there are more or fewer, or none.
    case each
  }

  /// How often timesteps are drawn.
  public enum Sampling: String, Codable, Sendable, CaseIterable {
    /// All alike, or of a noise range all levels.
    case uniform
    /// By the second moment of their losses (Nichol & Dhariwal 2021, eq. 18).
    case importance
    /// By a log-normal distribution of noise levels (Karras et al. 2022).
    case logNormal = "log-normal"
    /// By a logit-normal distribution of places on the straight path (Esser et al. 2024).
    case logitNormal = "logit-normal"
  }

  /// What activations are computed in.
  public enum Precision: String, Codable, Sendable, CaseIterable {
    /// What is faster on this processor: bf16 on AMD's since Zen 4, f32 on most others.
    case auto
    case f32
    /// bfloat16, with weights, statistics and sums in float32; not every processor has it.
    case bf16
  }
}

extension TrainingSettings {
  /// What several processes send gradients as; weights and sums are in float32.
  public enum GradientType: String, Codable, Sendable, CaseIterable {
    /// As they are.
    case float32
    /// Rounded, in half of the bytes.
    case bfloat16
  }
}

/// A length of time: "90s", "20m", "8h", "2d" or a number of seconds.
public struct RunTime: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The length.
  public var seconds: Double

  /// A length, without a check.
  public init(seconds: Double) { self.seconds = seconds }

  /// Reads a number and perhaps a unit.
  public init?(_ text: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0,
      case let seconds = number * (unit ?? 1),
      NumericSetting.time.fault(seconds) == nil
    else { return nil }
    self.seconds = seconds
  }

  /// `90s`, `20m`, `8h`, `2d`.
  public var description: String {
    for (unit, length) in [("d", 86400.0), ("h", 3600), ("m", 60)]
    where seconds >= length && seconds.truncatingRemainder(dividingBy: length) == 0 {
      return "\(Int(seconds / length))\(unit)"
    }
    let isWhole = seconds == seconds.rounded() && seconds < 1e15
    return isWhole ? "\(Int(seconds))s" : "\(seconds)s"
  }

  /// Reads a number of seconds or a text such as `20m`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try? container.decode(Double.self)
    let text = try number.map { "\($0)" } ?? container.decode(String.self)
    guard let time = RunTime(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a time such as 90s, 20m or 8h")
    }
    self = time
  }

  /// Writes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
