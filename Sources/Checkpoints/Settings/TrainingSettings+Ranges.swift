extension TrainingSettings {
  /// The first number that is out of its setting's range.
  package var fault: (setting: NumericSetting, cause: String)? {
    let whole: [(NumericSetting, Int?)] = [
      (.batch, batch), (.accumulate, accumulate), (.steps, steps), (.warmup, warmup),
      (.checkpointEvery, checkpointEvery), (.sampleEvery, sampleEvery), (.keep, keep),
      (.snapshotEvery, snapshotEvery), (.threads, threads), (.timesteps, timesteps),
    ]
    let numbers: [(NumericSetting, Double?)] = [
      (.time, time?.seconds), (.learningRate, learningRate), (.weightDecay, weightDecay),
      (.clip, clip), (.emaDecay, emaDecay), (.classDropout, classDropout), (.dropout, dropout),
      (.validation, validation), (.betaStart, betaStart), (.betaEnd, betaEnd),
      (.noiseRange, noiseRange?.lowest), (.noiseRange, noiseRange?.highest),
      (.minSNRGamma, minSNRGamma), (.inputPerturbation, inputPerturbation),
      (.offsetNoise, offsetNoise),
    ]
    let faults =
      whole.map { ($0, $0.fault($1)) } + numbers.map { ($0, $0.fault($1)) }
      + [(.size, NumericSetting.size.fault(size))]
    return faults.lazy.compactMap { setting, cause in cause.map { (setting, $0) } }.first
  }
}
