import ArgumentParser
import Diffusion
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

  /// The settings, with as many steps as the sampler usually takes of the model's.
  func settings(for model: DiffusionModel) -> GenerationSettings {
    var settings = GenerationSettings()
    settings.seed = seed
    settings.sampler = sampler
    let all = model.schedule.timesteps
    settings.steps = steps ?? (sampler == .ddpm ? all : min(50, all))
    settings.eta = eta
    settings.spacing = spacing
    settings.clipsPrediction = !noClip
    settings.classIndex = classIndex
    return settings
  }
}

/// What the commands that use a checkpoint have in common.
struct CommonOptions: ParsableArguments {
  @Option(help: "Which weights: ema (averaged over the training) or model (the last).")
  var weights = CheckpointWeights.ema

  @Option(help: "What the network computes in: auto, f32 or bf16.")
  var precision = TrainingSettings.Precision.auto

  @Option(help: "Processors to compute on. (default: all)")
  var threads: Int?

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false
}

extension CheckpointWeights: ExpressibleByArgument {}
