import ArgumentParser
import Diffusion
import Stipple

/// How images are drawn from a model, as flags.
struct SamplingOptions: ParsableArguments {
  @Option(
    help: """
      The way from noise to an image: ddim, dpm++2m, dpm++2s, dpm++3m, unipc, euler or heun, which \
      add no noise; ddpm, dpm++2m-sde or euler-ancestral, which do. (default: dpm++2m-sde)
      """)
  var sampler: GenerationSettings.Sampler?

  @Option(
    help: """
      Steps from noise to an image; each asks the network once, of heun twice. (default: 25; of ddpm \
      all timesteps)
      """)
  var steps: Int?

  @Option(help: "How much noise ddim adds: 0 none, 1 as much as ddpm. (default: 0)")
  var eta: Double?

  @Flag(
    name: .customLong("use-clipped-model-output"), inversion: .prefixedNo,
    help: """
      Whether ddim takes the noise anew from a clipped image, as guided-diffusion and diffusers' option \
      of this name do, or as the network predicts it, as diffusers does by default. (default: \
      --no-use-clipped-model-output for imported networks, --use-clipped-model-output for others)
      """)
  var usesClippedModelOutput: Bool?

  @Option(help: "How much noise euler and heun put back before each step, S_churn. (default: 0)")
  var churn: Double?

  @OptionGroup var drawing: DrawingOptions

  func validate() throws {
    let sampler = sampler ?? GenerationSettings().sampler
    if eta != nil, sampler != .ddim {
      throw ValidationError("--eta: is for ddim, and the sampler is \(sampler.rawValue)")
    }
    try check(.steps, steps)
    if churn != nil, !sampler.churns {
      throw ValidationError(
        "--churn: is for euler and heun, and the sampler is \(sampler.rawValue)")
    }
  }

  /// The settings, with as many steps as the sampler usually takes of the model's.
  ///
  /// - Parameter usual: the sampler where none is chosen.
  func settings(
    for model: DiffusionModel, usual: GenerationSettings.Sampler = GenerationSettings().sampler
  ) throws -> GenerationSettings {
    var settings = try drawing.settings(for: model)
    let sampler = sampler ?? usual
    settings.sampler = sampler
    let all = model.schedule.timesteps
    settings.steps = steps ?? (sampler == .ddpm ? all : min(25, all))
    settings.eta = eta ?? 0
    settings.usesClippedModelOutput = usesClippedModelOutput
    settings.churn = churn ?? 0
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

  @OptionGroup var writing: OverwriteOption

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false

  var overwrite: Bool { writing.overwrite }

  func validate() throws { try check(.threads, threads) }
}

/// Whether a command may replace files that it would not otherwise.
struct OverwriteOption: ParsableArguments {
  @Flag(
    help: """
      Replace files that are in the way: other programs' files, and results of other settings. Without it \
      they are an error.
      """)
  var overwrite = false
}

extension CheckpointWeights: ExpressibleByArgument {}
