extension TrainingSettings {
  package enum CodingKeys: String, CodingKey, CaseIterable {
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
    case dropout, precision, seed, threads
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
    let container = try decoder.container(keyedBy: AnyKey.self)
    var names: [CodingKeys: AnyKey] = [:]
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
    func take<T: Decodable>(
      _ key: CodingKeys, _ path: WritableKeyPath<TrainingSettings, T>
    ) throws {
      if let name = names[key], let value = try container.decodeIfPresent(T.self, forKey: name) {
        self[keyPath: path] = value
      }
    }
    func take<T: SettingText>(
      _ key: CodingKeys, _ path: WritableKeyPath<TrainingSettings, T>
    ) throws {
      if let name = names[key], let value = try container.number(T.self, name) {
        self[keyPath: path] = value
      }
    }
    func take<T: SettingText>(
      _ key: CodingKeys, _ path: WritableKeyPath<TrainingSettings, T?>
    ) throws {
      if let name = names[key], let value = try container.number(T.self, name) {
        self[keyPath: path] = value
      }
    }
    try take(.preset, \.preset)
    try take(.size, \.size)
    try take(.fit, \.fit)
    try take(.channels, \.channels)
    try take(.background, \.background)
    try take(.flip, \.flip)
    try take(.turn, \.turn)
    try take(.classes, \.classes)
    try take(.classDropout, \.classDropout)
    try take(.validation, \.validation)
    try take(.validationSplit, \.validationSplit)
    try take(.batch, \.batch)
    try take(.accumulate, \.accumulate)
    try take(.steps, \.steps)
    try take(.time, \.time)
    try take(.learningRate, \.learningRate)
    try take(.rate, \.rate)
    try take(.warmup, \.warmup)
    try take(.weightDecay, \.weightDecay)
    try take(.clip, \.clip)
    try take(.emaDecay, \.emaDecay)
    try take(.dropout, \.dropout)
    try take(.precision, \.precision)
    try take(.seed, \.seed)
    try take(.threads, \.threads)
    try take(.schedule, \.schedule)
    try take(.timesteps, \.timesteps)
    try take(.betaStart, \.betaStart)
    try take(.betaEnd, \.betaEnd)
    try take(.betas, \.betas)
    try take(.zeroTerminalSNR, \.zeroTerminalSNR)
    try take(.objective, \.objective)
    try take(.variance, \.variance)
    try take(.timestepSampling, \.timestepSampling)
    try take(.inputPerturbation, \.inputPerturbation)
    try take(.offsetNoise, \.offsetNoise)
    try take(.noiseRange, \.noiseRange)
    try take(.weight, \.weight)
    try take(.minSNRGamma, \.minSNRGamma)
    try take(.checkpointEvery, \.checkpointEvery)
    try take(.sampleEvery, \.sampleEvery)
    try take(.keep, \.keep)
    try take(.snapshotEvery, \.snapshotEvery)
    try take(.recording, \.recording)
    try take(.noised, \.noised)
  }

  private static func unknown(_ name: AnyKey) -> DecodingError {
    let ours = PeerNames.settings(name.stringValue, among: CodingKeys.allCases.map(\.rawValue))
    let hint = ours.isEmpty ? "" : "; did you mean \(ours.joined(separator: " or "))?"
    return .dataCorrupted(
      .init(codingPath: [name], debugDescription: "unknown setting\(hint)"))
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}
