public import Images

/// Everything about a training run that a user can choose; the names are the command's flags and
/// the keys of `config.yaml`.
public struct TrainingSettings: Codable, Equatable, Sendable {
  /// The network by name: tiny, small, base, ddpm or denoiser.
  public var preset = "small"
  /// WIDTHxHEIGHT; nil takes it from the images where they agree.
  public var size: ImageSize?
  /// How an image of another size is made to fit.
  public var fit = Fit.crop
  /// 1 for gray, 3 for RGB, 4 for RGBA; nil takes it from the images.
  public var channels: Int?
  /// What alpha is composed over, as `#rrggbb`.
  public var background = "#ffffff"
  /// Whether every other example is mirrored.
  public var flip = false
  /// Whether examples are turned by quarters; they have to be square.
  public var turn = false
  /// Whether the network is told what an image shows, by the folder that the image is in.
  public var classes = Classes.none
  /// How often a class is kept from the network, so that it also knows images of none.
  public var classDropout = 0.1
  /// The part of the images that is kept for validation.
  public var validation = 0.05
  /// How they are chosen. It has no flag: a run that was begun with another way keeps it.
  public var validationSplit = ValidationSplit.ranked

  /// Images that are computed at once.
  public var batch = 16
  /// Batches whose gradients are averaged before a step.
  public var accumulate = 1
  /// Where the run ends: a number of steps, a time, or the first of both.
  public var steps: Int?
  /// Of training, in all sessions.
  public var time: RunTime?
  /// AdamW's step size after the warm-up.
  public var learningRate = 2e-4
  /// How the rate runs after the warm-up.
  public var rate = LearningRate.Course.constant
  /// Steps over which the rate rises from zero.
  public var warmup = 500
  /// AdamW's decoupled weight decay.
  public var weightDecay = 0.01
  /// The largest global norm of the gradients that is left as it is; 0 does not clip.
  public var clip = 1.0
  /// The most of the average that stays in a step.
  public var emaDecay = 0.9999
  /// The part of the activations that is dropped in training.
  public var dropout = 0.0
  /// What activations are computed in.
  public var precision = Precision.auto
  /// What several processes send gradients as.
  public var gradientType = GradientType.float32
  /// What all that is random follows from.
  public var seed: UInt64 = 0
  /// Processors to compute on; nil for all.
  public var threads: Int?

  /// How beta runs: linear, scaled-linear, cosine, sigmoid, sigmoid-beta, or listed in `betas`.
  public var schedule = "linear"
  /// T, the steps from an image to noise.
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
  /// The variance of the reverse steps.
  public var variance = Variance.betaTilde

  /// How often timesteps are drawn.
  public var timestepSampling = Sampling.uniform
  /// The standard deviation of noise on the noise that the network sees and is not to predict.
  public var inputPerturbation = 0.0
  /// The standard deviation of noise that a channel of an example has in common.
  public var offsetNoise = 0.0
  /// The noise of the examples, in gray levels; nil for all of the schedule's timesteps.
  public var noiseRange: NoiseRange?
  /// What an example's squared error counts for, by its noise.
  public var weight = Weight.constant
  /// Where the weight min-snr is held.
  public var minSNRGamma = 5.0

  /// Steps from one checkpoint, with its validation loss, to the next.
  public var checkpointEvery = 1000
  /// Steps from one picture of samples to the next; 0 draws none.
  public var sampleEvery = 1000
  /// How many of the last checkpoints are kept, beside the best.
  public var keep = 3
  /// Steps from one snapshot of power-function averages to the next; 0 keeps none.
  public var snapshotEvery = 0

  /// The steps whose examples are kept; nil for none.
  public var recording: Recording?
  /// A file or folder of examples that were noised before, which training takes instead of images.
  public var noised: String?

  /// The usual settings.
  public init() {}

  /// Where a run ends for which neither steps nor a time are given.
  public static let standardSteps = 20_000

  /// How the images that are kept for validation are chosen, both by hashes of their names.
  public enum ValidationSplit: String, Codable, Sendable, CaseIterable {
    /// The part wanted of all images, rounded: those with the smallest hashes.
    case ranked
    /// Each image by itself, so that there are more or fewer, or none.
    case each
  }

  /// What the network predicts.
  public enum Objective: String, Codable, Sendable, CaseIterable {
    /// The noise (Ho et al. 2020).
    case epsilon
    /// The clean image.
    case image
    /// The velocity (Salimans & Ho 2022).
    case velocity
  }

  /// The variance of the reverse steps.
  public enum Variance: String, Codable, Sendable, CaseIterable {
    /// beta~, the posterior's.
    case betaTilde = "beta-tilde"
    /// beta, that of the forward steps.
    case beta
    /// Between both, as the network says of each pixel (Nichol & Dhariwal 2021).
    case learned
  }

  /// How often timesteps are drawn.
  public enum Sampling: String, Codable, Sendable, CaseIterable {
    /// All alike, or of a noise range all levels.
    case uniform
    /// By the second moment of their losses (Nichol & Dhariwal 2021, eq. 18).
    case importance
    /// By a log-normal distribution of noise levels (Karras et al. 2022).
    case logNormal = "log-normal"
  }

  /// What activations are computed in.
  public enum Precision: String, Codable, Sendable, CaseIterable {
    /// The fastest without loss of quality: bf16 where the processor has it, else f32.
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

/// WIDTHxHEIGHT in pixels.
public struct ImageSize: Hashable, Sendable, Codable, CustomStringConvertible {
  /// In pixels.
  public var width: Int
  /// In pixels.
  public var height: Int

  /// A size, without a check.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads "32" (square) or "48x32".
  public init?(_ text: String) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let width = parts[0], let height = parts.last ?? nil,
      width > 0, height > 0
    else { return nil }
    self.init(width: width, height: height)
  }

  /// `48x32`.
  public var description: String { "\(width)x\(height)" }

  /// Reads a number or a text such as `48x32`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try? container.decode(Int.self)
    let text = try number.map(String.init) ?? container.decode(String.self)
    guard let size = ImageSize(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a size such as 32 or 48x32")
    }
    self = size
  }

  /// Writes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
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
