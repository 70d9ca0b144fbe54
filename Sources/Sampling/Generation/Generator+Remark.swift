internal import Checkpoints
internal import Diffusion
internal import Text

extension Generator {
  /// What to know where images start from pure noise at a timestep at which the network has seen signal;
  /// nil where it has seen none.
  public var remark: String? {
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
