extension TrainingSettings {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case preset, size, fit, channels, background, flip, turn, classes
    case classDropout = "class-dropout"
    case validation
    case validationSplit = "validation-split"
    case batch, accumulate, steps, time
    case learningRate = "learning-rate"
    case rate, warmup
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
    case weight
    case minSNRGamma = "min-snr-gamma"
    case checkpointEvery = "checkpoint-every"
    case sampleEvery = "sample-every"
    case keep
    case snapshotEvery = "snapshot-every"
    case recording = "record-noised"
    case noised
  }

  /// Reads the settings that are named; the others are as in the decoder's base, or have their usual
  /// values. A name that there is not is an error.
  public init(from decoder: any Decoder) throws {
    let names = try decoder.container(keyedBy: AnyKey.self).allKeys
    if let unknown = names.first(where: { CodingKeys(rawValue: $0.stringValue) == nil }) {
      let ours = PeerNames.settings(unknown.stringValue, among: CodingKeys.allCases.map(\.rawValue))
      let hint = ours.isEmpty ? "" : "; did you mean \(ours.joined(separator: " or "))?"
      throw DecodingError.dataCorrupted(
        .init(codingPath: [unknown], debugDescription: "there is no such setting\(hint)"))
    }
    self = Self.baseKey.flatMap { decoder.userInfo[$0] as? TrainingSettings } ?? .init()
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func take<T: Decodable>(
      _ key: CodingKeys, _ path: WritableKeyPath<TrainingSettings, T>
    ) throws {
      if let value = try container.decodeIfPresent(T.self, forKey: key) {
        self[keyPath: path] = value
      }
    }
    func take<T: SettingText>(
      _ key: CodingKeys, _ path: WritableKeyPath<TrainingSettings, T>
    ) throws {
      if let value = try container.number(T.self, key) { self[keyPath: path] = value }
    }
    func take<T: SettingText>(
      _ key: CodingKeys, _ path: WritableKeyPath<TrainingSettings, T?>
    ) throws {
      if let value = try container.number(T.self, key) { self[keyPath: path] = value }
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

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}
