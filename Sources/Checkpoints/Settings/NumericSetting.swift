public import Images

/// The numbers that other commands than training take, by name, with their ranges, which flags and the library are
/// checked by. What is a setting of training alone has its range in the table of settings.
public enum NumericSetting: String, CaseIterable, Sendable {
  // Of training too, whose table has the range from here.
  case size, batch, steps, time, threads

  // Noise.
  case scheduleTimesteps = "schedule-timesteps"

  // Sampling.
  case number = "n"
  case eta, churn, guidance, strength, index, frames, resamplings
  case jumpLength = "jump-length"
  case classIndex = "class-index"

  // Denoising and measuring.
  case sigma, noise
  case addNoise = "add-noise"
  case luma, chroma
  case keepGrain = "keep-grain"
  case tile, features, seconds
  case maxPixels = "max-pixels"

  /// The values that it takes.
  public var range: SettingRange {
    switch self {
    case .size: .whole(1...16_384)
    case .batch: .wholeFrom(1, limit: 65_536)
    case .steps, .maxPixels: .wholeFrom(1)
    case .threads: .whole(1...1024)
    // Seconds: 317 years.
    case .time: .numbersAbove(0, limit: 1e10)
    case .seconds: .numbersAbove(0, limit: 1e6)
    case .churn: .numbersFrom(0, limit: 1e9)
    case .scheduleTimesteps: .whole(1...1_000_000)
    case .sigma, .noise, .addNoise: .numbersAbove(0, limit: 1e6)
    case .number: .whole(1...1_000_000_000)
    case .index: .whole(0...999_999_999)
    case .classIndex: .wholeFrom(0)
    case .eta: .numbers(0...1)
    case .guidance: .numbers(-1000...1000)
    case .strength: .share
    case .luma, .chroma: .numbers(0...2)
    case .keepGrain: .numbers(0...1)
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
  public func fault(_ value: ImageSize?) -> String? { value?.fault(range) }

  /// What values it takes: "a whole number, at least 1".
  public var form: String {
    switch self {
    case .size: ImageSize.form(range)
    case .time: RunTime.form(range)
    default: range.description
    }
  }
}
