internal import Diffusion
internal import Text

extension ModelConfiguration {
  /// What to know of a schedule whose end still holds signal; nil where it holds none, or where the
  /// network draws nothing.
  package var signalRemark: String? {
    get throws {
      let signal = try NoiseSchedule(schedule).signalAtEnd
      if isDenoiser || signal <= NoiseSchedule.negligibleSignal { return nil }
      return """
        the noise schedule ends while \(Readable.share(signal)) of the signal is left \
        (sqrt(alpha_bar) at its last timestep), but sampling starts from pure noise: a larger `beta-end`, \
        the default betas, another `schedule` or `zero-terminal-snr` ends in noise
        """
    }
  }
}
