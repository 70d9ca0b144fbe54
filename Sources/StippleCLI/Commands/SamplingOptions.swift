import ArgumentParser
import Diffusion
import Foundation
import Stipple

/// How images are sampled from a model, as flags.
struct SamplingOptions: ParsableArguments {
  @OptionGroup(title: "Sampling") var main: MainOptions
  @OptionGroup var drawing: DrawingOptions
  @OptionGroup(title: "Advanced") var advanced: AdvancedOptions

  /// The everyday ones.
  struct MainOptions: ParsableArguments {
    @Option(
      help: .text("Sampler, see below.", "NAME", default: GenerationSettings().sampler.rawValue))
    var sampler: GenerationSettings.Sampler?

    @Option(
      help: .text(
        "Sampling steps.", "N",
        default: "\(GenerationSettings().steps); for ddpm all timesteps"))
    var steps: Int?
  }

  /// What few users need.
  struct AdvancedOptions: ParsableArguments {
    @Option(help: .text("DDIM eta: 0 deterministic, 1 as DDPM.", "ETA", default: "0"))
    var eta: Double?

    @Option(help: .text("Noise added by euler and heun, S_churn.", "S", default: "0"))
    var churn: Double?

    @Flag(
      name: .customLong("use-clipped-model-output"), inversion: .prefixedNo,
      help: .text(
        "Recompute eps from the clipped x_0 in DDIM.", default: "off for imported models, else on"))
    var usesClippedModelOutput: Bool?
  }

  func validate() throws {
    let sampler = main.sampler ?? GenerationSettings().sampler
    if advanced.eta != nil, sampler != .ddim {
      throw ValidationError(
        "--eta: only for --sampler ddim; the sampler is \(sampler.rawValue)")
    }
    try check(.steps, main.steps)
    if advanced.churn != nil, !sampler.churns {
      throw ValidationError(
        "--churn: only for --sampler euler or heun; the sampler is \(sampler.rawValue)")
    }
  }

  /// The settings, with as many steps as the sampler usually takes of the model's.
  ///
  /// - Parameter usual: the sampler where none is chosen.
  func settings(
    for model: DiffusionModel, usual: GenerationSettings.Sampler = GenerationSettings().sampler
  ) throws -> GenerationSettings {
    var settings = try drawing.settings(for: model)
    let sampler = main.sampler ?? usual
    let all = model.schedule.timesteps
    settings.sampler = sampler
    settings.steps = main.steps ?? (sampler == .ddpm ? all : min(settings.steps, all))
    settings.eta = advanced.eta ?? 0
    settings.usesClippedModelOutput = advanced.usesClippedModelOutput
    settings.churn = advanced.churn ?? 0
    return settings
  }
}

/// The samplers with what tells them apart, for `--help`.
enum SamplerTable {
  static var text: String {
    GenerationSettings.Sampler.allCases.map { sampler in
      let name = sampler.rawValue.padding(toLength: 17, withPad: " ", startingAt: 0)
      return "  \(name)\(summary(sampler))"
    }.joined(separator: "\n")
      + "\n  Each step is one network function evaluation (NFE) unless noted."
  }

  private static func summary(_ sampler: GenerationSettings.Sampler) -> String {
    switch sampler {
    case .ddpm: "DDPM ancestral sampling (Ho et al. 2020), stochastic"
    case .ddim: "DDIM (Song et al. 2021), deterministic if --eta is 0"
    case .dpmSolver2M: "DPM-Solver++(2M) (Lu et al. 2022), deterministic"
    case .dpmSolver2S: "DPM-Solver++(2S), deterministic"
    case .dpmSolver3M: "DPM-Solver++(3M), deterministic"
    case .dpmSolver2MSDE: "SDE-DPM-Solver++(2M), stochastic"
    case .uniPC: "UniPC (Zhao et al. 2023), deterministic"
    case .euler: "Euler (Karras et al. 2022), deterministic if --churn is 0"
    case .eulerAncestral: "Euler ancestral (k-diffusion), stochastic"
    case .heun: "Heun (Karras et al. 2022), 2 NFE per step"
    }
  }
}

extension GenerationSettings.Threshold: ExpressibleByArgument {}
extension TimestepSpacing: ExpressibleByArgument {}
