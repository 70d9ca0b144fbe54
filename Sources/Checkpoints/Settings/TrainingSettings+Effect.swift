internal import Diffusion

extension TrainingSettings {
  /// Refuses settings that somebody chose and that have no effect beside the others.
  public func checkEffect(of chosen: some Sequence<CodingKeys>) throws(SettingError) {
    let chosen = Set(chosen)
    for key in CodingKeys.allCases where chosen.contains(key) && key.setting.fault(self) == nil {
      if let need = need(of: key) { throw SettingError(key.rawValue, cause: "needs \(need)") }
    }
  }

  /// What recorded examples already have, as it was when they were made.
  private static let ofImages: Set<CodingKeys> = [
    .fit, .background, .flip, .rotate, .augment, .validation,
  ]

  /// What other setting gives this one an effect; nil where it has one.
  private func need(of key: CodingKeys) -> String? {
    if replay != nil, Self.ofImages.contains(key) {
      return "images; `replay` has them as they were recorded"
    }
    return switch key {
    case .classDropout where classes == .none: "`classes` folders"
    case .minSNRGamma where lossWeighting != .minSNR: "`loss-weighting` min-snr"
    case .betaStart, .betaEnd:
      NoiseSchedule.Kind(rawValue: schedule)?.hasEnds ?? true
        ? nil
        : "a `schedule` with ends: "
          + NoiseSchedule.Kind.allCases.filter(\.hasEnds).map(\.rawValue)
          .joined(separator: ", ")
    default: nil
    }
  }
}
