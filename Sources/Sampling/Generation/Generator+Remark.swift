internal import Checkpoints
internal import Diffusion
internal import Text

extension Generator {
  /// What to know of the settings: that the model was made for its sampler, or that it was made for another; or how its
  /// images start.
  public var remark: String? {
    guard let usual = model.configuration.usualSampling else {
      return settings.sampler == .consistency
        ? "sampler consistency is for models that were distilled; of others images come out blurred"
        : start
    }
    let steps = "\(usual.steps) step\(usual.steps == 1 ? "" : "s")"
    return settings.sampler == usual.sampler
      ? "sampler \(usual.sampler), \(settings.steps) step\(settings.steps == 1 ? "" : "s"); the model was distilled for \(steps)"
      : "the model was distilled for sampler \(usual.sampler) in \(steps); with \(settings.sampler) images may come out worse"
  }

  /// What to know where images start from pure noise at a timestep at which the network has seen signal;
  /// nil where it has seen none.
  private var start: String? {
    guard settings.strength == 1, let t = timesteps.first else {
      return (timesteps.first ?? 0) > 0
        ? nil
        : "`strength`: \(settings.strength) is less noise than that of the first timestep; images hardly change"
    }
    let signal = model.schedule.signal(at: t)
    if signal <= NoiseSchedule.negligibleSignal { return nil }
    return """
      sampling starts from pure noise at timestep \(Readable.number(t)), where the noise schedule still \
      holds \(Readable.share(signal)) of the signal: the network has seen no pure noise, and images \
      may come out gray and alike
      """
  }
}
