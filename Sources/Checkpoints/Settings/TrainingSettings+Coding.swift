extension TrainingSettings {
  /// The settings by the names that `config.yaml` and the program have for them.
  public enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
    case preset, size, fit, channels, background, flip
    case turn = "rotate"
    case classes
    case classDropout = "class-dropout"
    case validation
    case validationSplit = "validation-split"
    case batch, accumulate, steps, time
    case learningRate = "learning-rate"
    case rate = "lr-schedule"
    case warmup
    case weightDecay = "weight-decay"
    case clip
    case emaDecay = "ema-decay"
    case dropout, precision
    case gradientType = "gradient-dtype"
    case seed, threads
    case schedule, timesteps
    case betaStart = "beta-start"
    case betaEnd = "beta-end"
    case betas
    case zeroTerminalSNR = "zero-terminal-snr"
    case objective, variance
    case timestepSampling = "timestep-sampling"
    case inputPerturbation = "input-perturbation"
    case offsetNoise = "offset-noise"
    case noiseRange = "noise-range"
    case weight = "loss-weighting"
    case minSNRGamma = "min-snr-gamma"
    case checkpointEvery = "checkpoint-every"
    case sampleEvery = "sample-every"
    case keep
    case snapshotEvery = "snapshot-every"
    case recording = "record-batches"
    case noised = "replay"

    /// What older versions called settings, whose files are still read.
    static let olderNames: [String: CodingKeys] = [
      "turn": .turn, "rate": .rate, "weight": .weight, "record-noised": .recording,
      "noised": .noised,
    ]

    /// The setting that a file means by a name.
    init?(anyVersion name: String) {
      guard let key = Self(rawValue: name) ?? Self.olderNames[name] else { return nil }
      self = key
    }
  }

  /// Reads the settings that are named; the others are as in the decoder's base, or have their usual
  /// values. A name that there is not is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingsFile.AnyKey.self)
    var names: [CodingKeys: SettingsFile.AnyKey] = [:]
    for name in container.allKeys {
      guard let key = CodingKeys(anyVersion: name.stringValue) else { throw Self.unknown(name) }
      if let other = names[key] {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: [name],
            debugDescription: "the same setting is given as \(other.stringValue)"))
      }
      names[key] = name
    }
    self = Self.baseKey.flatMap { decoder.userInfo[$0] as? TrainingSettings } ?? .init()
    for (key, name) in names {
      try key.setting.read(SettingsFile(container: container, name: name), &self)
    }
  }

  private static func unknown(_ name: SettingsFile.AnyKey) -> DecodingError {
    let ours = PeerNames.settings(name.stringValue, among: CodingKeys.allCases.map(\.rawValue))
    let hint = ours.isEmpty ? "" : "; did you mean \(ours.joined(separator: " or "))?"
    return .dataCorrupted(
      .init(codingPath: [name], debugDescription: "unknown setting\(hint)"))
  }
}

/// A setting in a file, by the name that it has there.
struct SettingsFile {
  let container: KeyedDecodingContainer<AnyKey>
  let name: AnyKey

  /// The value; nil where there is none.
  func value<Value: Decodable>(_ type: Value.Type) throws -> Value? {
    if let type = Value.self as? any SettingText.Type { return try number(type) as? Value }
    if let type = Value.self as? any OptionalSetting.Type {
      guard let type = type.wrapped as? any SettingText.Type else {
        return try container.decodeIfPresent(Value.self, forKey: name)
      }
      return try number(type) as? Value
    }
    return try container.decodeIfPresent(Value.self, forKey: name)
  }

  private func number<Number: SettingText>(_ type: Number.Type) throws -> Number? {
    try container.number(type, name)
  }

  /// A name of any spelling.
  struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}

/// A setting that need not have a value.
private protocol OptionalSetting {
  static var wrapped: any Any.Type { get }
}

extension Optional: OptionalSetting {
  fileprivate static var wrapped: any Any.Type { Wrapped.self }
}
