public import Checkpoints
internal import Diffusion
internal import Text

extension Denoiser {
  /// The noise in gray levels of 255 that the network has seen; a schedule's own lowest level is next to
  /// none, and what is below it is taken for it.
  var range: ClosedRange<Double> {
    if let range = model.configuration.noiseRange { return range.lowest...range.highest }
    if let degradation = model.configuration.degradation {
      return 0...degradation.mostNoise
    }
    let last = Double(model.schedule.timesteps - 1)
    return 0...(127.5 * model.schedule.noiseLevel(at: last))
  }

  /// By how much the noise's variance may grow with each gray level, in gray levels, for the network to have seen it.
  var mostGain: Double { model.configuration.degradation?.poisson.most ?? 0 }

  /// Refuses numbers out of their settings' ranges, and what the network does not know of.
  ///
  /// - Parameters:
  ///   - sigma: in gray levels; nil where it is estimated.
  ///   - setting: whose number it is.
  func check(sigma: Double?, of setting: NumericSetting) throws(SettingError) {
    try SettingError.check(.steps, steps)
    try SettingError.check(.tile, tile)
    try SettingError.check(.threads, threads)
    try precision.checkSupport()
    if isRestoration, method == .sample {
      throw SettingError(
        "method",
        cause: "sample needs a diffusion model, and this is a restoration network; use mean")
    }
    try SettingError.check(setting, sigma)
    guard let sigma, !range.contains(sigma) else { return }
    throw SettingError(
      setting.rawValue,
      cause: "\(Readable.number(sigma)) is \(outside)"
        + (sigma < 1 ? "; \(Self.rescaled(sigma))" : ""))
  }

  private var outside: String {
    let (lowest, highest) = (Readable.number(range.lowerBound), Readable.number(range.upperBound))
    return
      "outside the noise levels that the model was trained on, sigma \(lowest) to \(highest) on the "
      + "0-255 scale"
  }

  /// Refuses what a job cannot be done with, or the network does not know of.
  func check(_ job: DenoisingJob) throws(SettingError) {
    try check(
      sigma: job.sigma, of: job.sigma == job.addedSigma ? .addNoise : job.sigmaSetting)
    try SettingError.check(.addNoise, job.addedSigma)
    if let limits = job.sigmaRange,
      !(range.contains(limits.lowest) && range.contains(limits.highest))
    {
      throw SettingError("sigma", cause: "\(limits) is \(outside)")
    }
    try SettingError.check(.luma, job.strength.luma)
    try SettingError.check(.chroma, job.strength.chroma)
    try SettingError.check(.keepGrain, job.strength.grain)
    guard let gain = job.gain else { return }
    guard isRestoration else {
      throw SettingError(
        "noise",
        cause: "the model was trained on Gaussian noise only; use `sigma`, or a restoration network"
      )
    }
    if !(gain >= 0 && gain <= mostGain) {
      let most = (mostGain / 255 * 1000).rounded(.down) / 1000
      throw SettingError(
        "noise",
        cause: "poisson:\(Readable.number(gain / 255)) is outside what the model was trained on, "
          + "poisson:0 to poisson:\(Readable.number(most))")
    }
  }

  /// A remark on a sigma that looks as if it were on a scale of 0 to 1; nil for any other.
  public static func remark(sigma: Double?, of setting: NumericSetting) -> String? {
    guard let sigma, sigma < 1 else { return nil }
    return
      "`\(setting.rawValue)`: \(Readable.number(sigma)) is on the 0-255 scale, where it is almost no noise; \(rescaled(sigma))"
  }

  private static func rescaled(_ sigma: Double) -> String {
    "for \(Readable.number(sigma)) on the 0-1 scale use \(Readable.number(255 * sigma))"
  }
}
