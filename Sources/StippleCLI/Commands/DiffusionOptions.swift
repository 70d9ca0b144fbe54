import ArgumentParser
import Stipple
import SystemPackage

/// What is trained for, as flags: the noise, what the network predicts, and what each example counts for.
struct DiffusionOptions: ParsableArguments {
  @Option(
    help: """
      The noise: linear, scaled-linear, cosine, sigmoid (Jabri et al. 2022) or sigmoid-beta (sigmoid \
      in diffusers). (default: linear)
      """)
  var schedule: String?
  @Option(help: "Steps from an image to noise. (default: 1000)")
  var timesteps: Int?
  @Option(help: "The first step's variance. (default: 0.1 / timesteps)")
  var betaStart: Double?
  @Option(help: "The last step's variance. (default: 20 / timesteps)")
  var betaEnd: Double?
  @Option(
    help: """
      Every step's variance from a file instead: text with a number a line, or HDF5 with a dataset \
      betas. The run keeps them.
      """)
  var betas: FilePath?
  @Flag(
    name: .customLong("zero-terminal-snr"), inversion: .prefixedNo,
    help: """
      Rescale the noise so that nothing of an image is left at its end (Lin et al. 2024); with \
      --objective velocity or image. (default: --no-zero-terminal-snr)
      """)
  var zeroTerminalSNR: Bool?

  @Option(
    help: "What the network predicts: epsilon (the noise), image or velocity. (default: epsilon)")
  var objective: TrainingSettings.Objective?
  @Option(
    help: """
      The variance of the reverse steps: beta-tilde, beta, or learned, pixel by pixel, between both \
      (Nichol & Dhariwal 2021). (default: beta-tilde)
      """)
  var variance: TrainingSettings.Variance?

  @Option(
    help: """
      Only noise of so many grey levels, such as 0..75: for a network that takes noise out and draws \
      nothing. (default: all of the schedule's)
      """)
  var noiseRange: NoiseRange?
  @Option(
    help: """
      How often timesteps are drawn: uniform, importance (by their losses, Nichol & Dhariwal 2021) \
      or log-normal (in the noise level, Karras et al. 2022). (default: uniform)
      """)
  var timestepSampling: TrainingSettings.Sampling?
  @Option(
    help: """
      What an example's error counts for by its noise: constant; min-snr, which holds back the least \
      noisy (Hang et al. 2023); truncated-snr, which also minds the noisiest (Salimans & Ho 2022); or \
      bound, the likelihood's own. (default: constant)
      """)
  var weight: TrainingSettings.Weight?
  @Option(
    name: .customLong("min-snr-gamma"), help: "Where min-snr holds them. (default: 5)")
  var minSNRGamma: Double?
  @Option(
    help: """
      Noise on the noise, in its standard deviations, that the network is not told of (Ning et al. \
      2023 take 0.1). (default: 0)
      """)
  var inputPerturbation: Double?
  @Option(
    help: """
      Noise that all pixels of a channel have in common, for pictures that are dark or bright as a \
      whole; 0.1 is usual. (default: 0)
      """)
  var offsetNoise: Double?

  /// Takes the flags that are given into account.
  func apply(to settings: inout TrainingSettings) throws {
    func take<T>(_ value: T?, _ path: WritableKeyPath<TrainingSettings, T>) {
      if let value { settings[keyPath: path] = value }
    }
    if let betas {
      let listed = try Betas(reading: betas)
      settings.betas = listed
      settings.schedule = "listed"
      settings.timesteps = listed.values.count
    }
    take(schedule, \.schedule)
    take(timesteps, \.timesteps)
    take(betaStart.map(Optional.some), \.betaStart)
    take(betaEnd.map(Optional.some), \.betaEnd)
    take(zeroTerminalSNR, \.zeroTerminalSNR)
    take(objective, \.objective)
    take(variance, \.variance)
    take(noiseRange.map(Optional.some), \.noiseRange)
    take(timestepSampling, \.timestepSampling)
    take(weight, \.weight)
    take(minSNRGamma, \.minSNRGamma)
    take(inputPerturbation, \.inputPerturbation)
    take(offsetNoise, \.offsetNoise)
  }
}

extension TrainingSettings.Objective: ExpressibleByArgument {}
extension TrainingSettings.Variance: ExpressibleByArgument {}
extension TrainingSettings.Sampling: ExpressibleByArgument {}
