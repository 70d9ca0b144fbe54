import ArgumentParser
import Stipple
import SystemPackage

/// The diffusion process and the loss, as flags.
struct DiffusionOptions: ParsableArguments {
  @OptionGroup(title: "Diffusion") var process: ProcessOptions
  @OptionGroup(title: "Advanced") var loss: LossOptions

  /// The everyday ones.
  struct ProcessOptions: ParsableArguments {
    @Option(help: .setting(.schedule, choices: TrainingSettings.schedules))
    var schedule: String?
    @Option(help: .setting(.timesteps))
    var timesteps: Int?
    @Option(help: .setting(.objective))
    var objective: TrainingSettings.Objective?
  }

  /// What few runs need.
  struct LossOptions: ParsableArguments {
    @Option(help: .setting(.betaStart))
    var betaStart: Double?
    @Option(help: .setting(.betaEnd))
    var betaEnd: Double?
    @Option(help: .setting(.betas))
    var betas: FilePath?
    @Flag(
      name: .customLong("zero-terminal-snr"), inversion: .prefixedNo,
      help: .setting(.zeroTerminalSNR))
    var zeroTerminalSNR: Bool?
    @Option(help: .setting(.variance))
    var variance: TrainingSettings.Variance?
    @Option(help: .setting(.noiseRange))
    var noiseRange: NoiseRange?
    @Option(help: .setting(.timestepSampling))
    var timestepSampling: TrainingSettings.Sampling?
    @Option(name: [.customLong("loss-weighting"), .customLong("weight")], help: .setting(.weight))
    var weight: TrainingSettings.Weight?
    @Option(name: .customLong("min-snr-gamma"), help: .setting(.minSNRGamma))
    var minSNRGamma: Double?
    @Option(help: .setting(.inputPerturbation))
    var inputPerturbation: Double?
    @Option(help: .setting(.offsetNoise))
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
