internal import Checkpoints
internal import Diffusion

extension TrainingSettings {
  /// Makes sure that nothing is asked of a restoration network that only diffusion has.
  func validateDegradation() throws(SettingError) {
    guard let degradation else { return }
    if let cause = degradation.fault {
      throw SettingError(CodingKeys.degradation.rawValue, cause: cause)
    }
    if degradation.parts.isEmpty {
      throw SettingError(
        CodingKeys.degradation.rawValue,
        cause: "has no part with a probability above 0, so that there is nothing to undo")
    }
    let usual = TrainingSettings(recipe: .ddpm)
    let others: [(CodingKeys, Bool)] = [
      (.noiseRange, noiseRange != nil), (.classes, classes != usual.classes),
      (.objective, objective != usual.objective), (.variance, variance != usual.variance),
      (.schedule, schedule != usual.schedule),
      (.timestepSampling, timestepSampling != usual.timestepSampling),
      (.inputPerturbation, inputPerturbation != 0), (.offsetNoise, offsetNoise != 0),
      (.augment, augment ?? 0 != 0), (.lossWeighting, lossWeighting != usual.lossWeighting),
      (.recordBatches, recordBatches != nil), (.replay, replay != nil),
    ]
    if let (key, _) = others.first(where: { $0.1 }) {
      throw SettingError(
        key.rawValue,
        cause:
          "cannot be combined with `preset` restoration or `degradation`, whose networks have no diffusion "
          + "process")
    }
    if let channels, ![1, 3].contains(channels) {
      throw SettingError(
        "channels", cause: "\(channels) cannot be combined with `degradation`; give 1 or 3")
    }
  }
}
