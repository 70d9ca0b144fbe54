internal import Diffusion

extension TrainingSettings {
  /// Refuses settings that somebody chose and that have no effect beside the others.
  public func checkEffect(of chosen: some Sequence<CodingKeys>) throws(SettingError) {
    let chosen = Set(chosen)
    for key in CodingKeys.allCases where chosen.contains(key) && key.setting.fault(self) == nil {
      if let need = need(of: key) { throw SettingError(key.rawValue, cause: need) }
    }
  }

  /// What recorded examples already have, as it was when they were made.
  private static let ofImages: Set<CodingKeys> = [
    .fit, .background, .flip, .rotate, .augment, .validation,
  ]

  /// Why this one has no effect beside the others; nil where it has one.
  private func need(of key: CodingKeys) -> String? {
    if replay != nil, Self.ofImages.contains(key) {
      return "needs images; `replay` has them as they were recorded"
    }
    return switch key {
    case .classDropout where classes == .none: "needs `classes` folders"
    case .minSNRGamma where lossWeighting != .minSNR: "needs `loss-weighting` min-snr"
    case .betaStart, .betaEnd:
      NoiseSchedule.Kind(rawValue: schedule)?.hasEnds ?? true
        ? nil
        : "only for `schedule` "
          + NoiseSchedule.Kind.allCases.filter(\.hasEnds).map(\.rawValue)
          .joined(separator: ", ")
    default: nil
    }
  }
}
