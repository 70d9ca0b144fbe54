internal import Diffusion

extension ModelConfiguration {
  /// What to know of a schedule whose end still holds signal; nil where it holds none, or where the
  /// network draws nothing.
  package var signalRemark: String? {
    get throws {
      let signal = try NoiseSchedule(schedule).signalAtEnd
      if noiseRange != nil || signal <= NoiseSchedule.negligibleSignal { return nil }
      return """
        the noise schedule ends while \(Readable.share(signal)) of the signal is left \
        (sqrt(alpha_bar) at its last timestep), but sampling starts from pure noise: a larger --beta-end, \
        the default betas, another --schedule or --zero-terminal-snr ends in noise
        """
    }
  }
}

extension Generator {
  /// What to know where images start from pure noise at a timestep at which the network has seen signal;
  /// nil where it has seen none.
  public var remark: String? {
    guard settings.strength == 1, let t = timesteps.first else {
      return (timesteps.first ?? 0) > 0
        ? nil
        : "--strength: \(settings.strength) is less noise than that of the first timestep; images hardly change"
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
