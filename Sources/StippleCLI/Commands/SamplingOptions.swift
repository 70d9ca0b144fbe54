import ArgumentParser
import Diffusion
import Networks
import Stipple

/// How images are drawn from a model, as flags.
struct SamplingOptions: ParsableArguments {
  @Option(help: "What the noise follows from.")
  var seed: UInt64 = 0

  @Option(help: "ddim or ddpm.")
  var sampler = GenerationSettings.Sampler.ddim

  @Option(help: "Evaluations of the network for an image. (default: 50; of ddpm all timesteps)")
  var steps: Int?

  @Option(help: "How much noise ddim adds: 0 none, 1 as much as ddpm.")
  var eta = 0.0

  @Option(help: "How the steps lie among the timesteps: trailing, leading or linspace.")
  var spacing = TimestepSpacing.trailing

  @Flag(name: .customLong("no-clip"), help: "Leave the predicted image outside [-1, 1] as it is.")
  var noClip = false

  @Option(name: .customLong("class"), help: "The class, for a network that is told one.")
  var classIndex: Int?

  /// The settings, checked against what the model can do.
  func settings(for model: DiffusionModel) throws -> GenerationSettings {
    var settings = GenerationSettings()
    settings.seed = seed
    settings.sampler = sampler
    let all = model.schedule.timesteps
    settings.steps = steps ?? (sampler == .ddpm ? all : min(50, all))
    settings.eta = eta
    settings.spacing = spacing
    settings.clipsPrediction = !noClip
    settings.classIndex = try checkedClass(model)
    return settings
  }

  private func checkedClass(_ model: DiffusionModel) throws -> Int? {
    let network = model.configuration.network
    guard let classIndex else {
      if network.isClassConditional {
        throw GenerationError.setting(
          "class",
          cause: "the network is told a class"
            + (network.classCount.map { ": 0 to \($0 - 1)" } ?? ""))
      }
      return nil
    }
    guard network.isClassConditional else {
      throw GenerationError.setting("class", cause: "the network is told no class")
    }
    if let count = network.classCount, !(0..<count).contains(classIndex) {
      throw GenerationError.setting(
        "class", cause: "there is no class \(classIndex); there are 0 to \(count - 1)")
    }
    return classIndex
  }
}

/// What the commands that use a checkpoint have in common.
struct CommonOptions: ParsableArguments {
  @Option(help: "Which weights: ema (averaged over the training) or model (the last).")
  var weights = CheckpointWeights.ema

  @Option(help: "Processors to compute on. (default: all)")
  var threads: Int?

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false
}

extension CheckpointWeights: ExpressibleByArgument {}
