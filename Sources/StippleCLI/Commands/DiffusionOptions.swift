import ArgumentParser
import Stipple
import SystemPackage

/// The diffusion process and the loss, as flags.
struct DiffusionOptions: ParsableArguments {
  @OptionGroup(title: "Diffusion") var process: ProcessOptions
  @OptionGroup(title: "Advanced") var loss: LossOptions

  /// The everyday ones.
  struct ProcessOptions: ParsableArguments {
    @Option(
      help: .setting(
        "Noise schedule (beta schedule).", "NAME", \.schedule,
        choices: TrainingSettings.schedules))
    var schedule: String?
    @Option(help: .setting("Diffusion timesteps.", "T", \.timesteps))
    var timesteps: Int?
    @Option(help: .setting("Prediction type.", "TYPE", \.objective))
    var objective: TrainingSettings.Objective?
  }

  /// What few runs need.
  struct LossOptions: ParsableArguments {
    @Option(
      help: .text("Beta of the first timestep.", "BETA", default: "0.1 / timesteps"))
    var betaStart: Double?
    @Option(
      help: .text("Beta of the last timestep.", "BETA", default: "20 / timesteps"))
    var betaEnd: Double?
    @Option(
      help: .text(
        "Custom betas: a text file, one per line, or HDF5 with a dataset betas.", "FILE"))
    var betas: FilePath?
    @Flag(
      name: .customLong("zero-terminal-snr"), inversion: .prefixedNo,
      help: "Zero terminal SNR (Lin et al. 2024). Needs --objective velocity or image.")
    var zeroTerminalSNR: Bool?
    @Option(help: .setting("Reverse-process variance.", "TYPE", \.variance))
    var variance: TrainingSettings.Variance?
    @Option(
      help: .text(
        "Noise levels to train on, sigma on the 0-255 scale, such as 0..75; for denoising only.",
        "A..B", default: "all"))
    var noiseRange: NoiseRange?
    @Option(help: .setting("Timestep sampling.", "NAME", \.timestepSampling))
    var timestepSampling: TrainingSettings.Sampling?
    @Option(
      name: [.customLong("loss-weighting"), .customLong("weight")],
      help: .setting("Loss weighting by SNR.", "NAME", \.weight))
    var weight: TrainingSettings.Weight?
    @Option(
      name: .customLong("min-snr-gamma"),
      help: .setting("Min-SNR gamma (Hang et al. 2023).", "GAMMA", \.minSNRGamma))
    var minSNRGamma: Double?
    @Option(
      help: .setting(
        "Input perturbation strength (Ning et al. 2023: 0.1).", "S", \.inputPerturbation))
    var inputPerturbation: Double?
    @Option(
      help: .setting(
        "Offset noise strength; 0.1 for very dark or bright images.", "S", \.offsetNoise))
    var offsetNoise: Double?
  }

  /// Takes the flags that are given into account.
  func apply(to settings: inout TrainingSettings) throws {
    func take<T>(_ value: T?, _ path: WritableKeyPath<TrainingSettings, T>) {
      if let value { settings[keyPath: path] = value }
    }
    if let betas = loss.betas {
      let listed = try Betas(reading: betas)
      settings.betas = listed
      settings.schedule = "listed"
      settings.timesteps = listed.values.count
    }
    take(process.schedule, \.schedule)
    take(process.timesteps, \.timesteps)
    take(loss.betaStart.map(Optional.some), \.betaStart)
    take(loss.betaEnd.map(Optional.some), \.betaEnd)
    take(loss.zeroTerminalSNR, \.zeroTerminalSNR)
    take(process.objective, \.objective)
    take(loss.variance, \.variance)
    take(loss.noiseRange.map(Optional.some), \.noiseRange)
    take(loss.timestepSampling, \.timestepSampling)
    take(loss.weight, \.weight)
    take(loss.minSNRGamma, \.minSNRGamma)
    take(loss.inputPerturbation, \.inputPerturbation)
    take(loss.offsetNoise, \.offsetNoise)
  }
}

extension TrainingSettings.Objective: @retroactive ExpressibleByArgument {}
extension TrainingSettings.Variance: @retroactive ExpressibleByArgument {}
extension TrainingSettings.Sampling: @retroactive ExpressibleByArgument {}
