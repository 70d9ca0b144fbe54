import ArgumentParser
import Foundation
import Stipple

/// How images are sampled from a model, as flags.
struct SamplingOptions<Words: DrawingWords>: ParsableArguments {
  @OptionGroup(title: "Sampling") var main: MainOptions
  @OptionGroup var drawing: DrawingOptions<Words>
  @OptionGroup(title: "Advanced") var advanced: AdvancedOptions

  /// The everyday ones.
  struct MainOptions: ParsableArguments {
    @Option(
      help: .text("Sampler, see below.", "NAME", default: Words.sampler))
    var sampler: Sampler?

    @Option(
      help: .text(
        "Sampling steps.", "N",
        default: "\(GenerationSettings().steps); all for ddpm; a distilled model's own"))
    var steps: Int?
  }

  /// What few users need.
  struct AdvancedOptions: ParsableArguments {
    @Option(
      help: .text(
        "DDIM eta, also of consistency: 0 deterministic, 1 as DDPM.", "ETA", range: .eta,
        default: "0; consistency 1"))
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
    try check(.steps, main.steps)
    if let sampler = main.sampler { try checkTaken(by: sampler) }
  }

  /// Refuses options that the sampler takes no notice of.
  private func checkTaken(by sampler: Sampler) throws {
    let given: [(String, Sampler.Option, Bool)] = [
      ("eta", .eta, advanced.eta != nil), ("churn", .churn, advanced.churn != nil),
      ("use-clipped-model-output", .clippedOutput, advanced.usesClippedModelOutput != nil),
    ]
    for (name, option, isGiven) in given where isGiven && !sampler.options.contains(option) {
      let others = (Sampler.allCases + Sampler.ofDistilled)
        .filter { $0.options.contains(option) }.map(\.rawValue).joined(separator: " or ")
      throw ValidationError(
        "--\(name): only for --sampler \(others); the sampler is \(sampler)")
    }
  }

  /// The settings, with as many steps as the sampler usually takes of the model's.
  ///
  /// - Parameter usual: the sampler where none is chosen; nil for the model's.
  func settings(for model: DiffusionModel, usual: Sampler? = nil) throws -> GenerationSettings {
    var settings = try drawing.settings(for: model)
    let own = settings.sampler
    let sampler = main.sampler ?? usual ?? own
    try checkTaken(by: sampler)
    let all = model.timesteps
    if sampler != own { settings.steps = GenerationSettings().steps }
    settings.sampler = sampler
    settings.steps = main.steps ?? (sampler.takesAllTimesteps ? all : min(settings.steps, all))
    if sampler.hasOwnTimesteps, drawing.advanced.timestepSpacing != nil {
      throw ValidationError("--timestep-spacing: \(sampler) has timesteps of its own")
    }
    settings.eta = advanced.eta
    settings.usesClippedModelOutput = advanced.usesClippedModelOutput
    settings.churn = advanced.churn ?? 0
    return settings
  }
}

/// The samplers with what tells them apart, for `--help`.
enum SamplerTable {
  static var text: String {
    (Sampler.allCases + Sampler.ofDistilled).map { sampler in
      let name = sampler.rawValue.padding(toLength: 17, withPad: " ", startingAt: 0)
      return "  \(name)\(summary(sampler))"
    }.joined(separator: "\n")
      + "\n  Each step is one network function evaluation (NFE) unless noted."
  }

  private static func summary(_ sampler: Sampler) -> String {
    let noise = [Sampler.Option.eta, .churn].first(where: sampler.options.contains)
    let kind = noise.map { "stochastic with --\($0)" } ?? "deterministic"
    if Sampler.ofDistilled.contains(sampler) {
      return "\(sampler.title) (\(sampler.paper)), for distilled models"
    }
    let evaluations = sampler.evaluationsPerStep
    return "\(sampler.title) (\(sampler.paper)), \(sampler.isStochastic ? "stochastic" : kind)"
      + (evaluations == 1 ? "" : ", \(evaluations) NFE")
  }
}

extension Threshold: @retroactive ExpressibleByArgument {}
extension TimestepSpacing: @retroactive ExpressibleByArgument {}
