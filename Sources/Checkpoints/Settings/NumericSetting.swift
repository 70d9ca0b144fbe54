/// Every numeric setting by its name, with the range of its values: the one table that flags,
/// `config.yaml`, the library and what checkpoints say of themselves are checked by.
public enum NumericSetting: String, CaseIterable, Sendable {
  // Images.
  case size, validation
  case classDropout = "class-dropout"

  // Training.
  case batch, accumulate, steps, time, warmup, clip, dropout, threads
  case learningRate = "learning-rate"
  case weightDecay = "weight-decay"
  case emaDecay = "ema-decay"
  case checkpointEvery = "checkpoint-every"
  case sampleEvery = "sample-every"
  case keep
  case snapshotEvery = "snapshot-every"

  // Noise.
  case timesteps
  case scheduleTimesteps = "schedule-timesteps"
  case betaStart = "beta-start"
  case betaEnd = "beta-end"
  case noiseRange = "noise-range"
  case minSNRGamma = "min-snr-gamma"
  case inputPerturbation = "input-perturbation"
  case offsetNoise = "offset-noise"

  // Sampling.
  case number = "n"
  case eta, churn, guidance, strength, index, frames, resamplings
  case jumpLength = "jump-length"
  case classIndex = "class-index"

  // Denoising and measuring.
  case sigma
  case addNoise = "add-noise"
  case tile, features, seconds
  case maxPixels = "max-pixels"

  /// The values that it takes.
  public var range: SettingRange {
    switch self {
    case .size: .whole(1...16_384)
    case .batch, .accumulate: .wholeFrom(1, limit: 65_536)
    case .steps, .checkpointEvery, .keep, .maxPixels: .wholeFrom(1)
    case .warmup, .sampleEvery, .snapshotEvery: .wholeFrom(0)
    case .threads: .whole(1...1024)
    // Seconds: 317 years.
    case .time: .numbersAbove(0, limit: 1e10)
    case .seconds: .numbersAbove(0, limit: 1e6)
    case .validation, .classDropout, .dropout, .emaDecay: .part
    case .learningRate: .numbersAbove(0, limit: 3e38)
    case .weightDecay, .inputPerturbation, .offsetNoise: .numbersFrom(0, limit: 1000)
    case .clip, .churn: .numbersFrom(0, limit: 1e9)
    case .minSNRGamma: .numbersAbove(0, limit: 1e9)
    case .timesteps, .scheduleTimesteps: .whole(1...1_000_000)
    case .betaStart, .betaEnd: .between0And1
    case .noiseRange: .numbersFrom(0, limit: 1e6)
    case .sigma, .addNoise: .numbersAbove(0, limit: 1e6)
    case .number: .whole(1...1_000_000_000)
    case .index: .whole(0...999_999_999)
    case .classIndex: .wholeFrom(0)
    case .eta: .numbers(0...1)
    case .guidance: .numbers(-1000...1000)
    case .strength: .share
    case .frames: .whole(2...100_000)
    case .resamplings: .whole(1...1000)
    case .jumpLength: .whole(1...1_000_000)
    case .tile: .whole(1...65_536)
    case .features: .numbers(-1e30...1e30)
    }
  }

  /// What is wrong with a value; nil where nothing is, or there is none.
  public func fault(_ value: Int?) -> String? { value.flatMap(range.fault) }

  /// What is wrong with a value; nil where nothing is, or there is none.
  public func fault(_ value: Double?) -> String? { value.flatMap(range.fault) }

  /// What is wrong with a size's sides; nil where nothing is, or there is none.
  public func fault(_ value: ImageSize?) -> String? {
    guard let value, let side = [value.width, value.height].first(where: { fault($0) != nil })
    else { return nil }
    return fault(side).map { "\(value): \($0)" }
  }
}
