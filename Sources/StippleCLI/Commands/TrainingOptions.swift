import ArgumentParser
import Stipple
import SystemPackage

/// The settings of a training run as flags; one that is not given leaves what `--config` says, or what
/// the run folder's run has, or the usual value.
struct TrainingOptions: ParsableArguments {
  @Option(help: "A YAML or JSON file of settings by these names; a flag beats it.")
  var config: FilePath?

  @Option(help: "The network: tiny, small, base, ddpm or denoiser. (default: small)")
  var preset: String?
  @Option(help: "Pixels as WIDTHxHEIGHT, or a number for a square. (default: the images' own)")
  var size: ImageSize?
  @Option(
    help:
      "How images of another size are made to fit: crop, resize, pad, random-crop. (default: crop)")
  var fit: TrainingSettings.Fit?
  @Option(help: "1 grey, 3 RGB, 4 RGBA. (default: what the images have)")
  var channels: Int?
  @Option(help: "What transparent pixels are laid over. (default: #ffffff)")
  var background: String?
  @Flag(inversion: .prefixedNo, help: "Mirror every other example. (default: --no-flip)")
  var flip: Bool?
  @Flag(
    inversion: .prefixedNo,
    help: "Turn examples by quarters; they have to be square. (default: --no-turn)")
  var turn: Bool?
  @Option(
    help: """
      folders: the network is told what an image shows, by the first folder below the input folder that \
      it is in. (default: none)
      """)
  var classes: TrainingSettings.Classes?
  @Option(
    help:
      "How often the class is kept from it, so that it also knows images of none. (default: 0.1)")
  var classDropout: Double?
  @Option(help: "The part of the images that is kept to measure on. (default: 0.05)")
  var validation: Double?

  @Option(help: "Images computed at once. (default: 16)")
  var batch: Int?
  @Option(help: "Batches a step. (default: 1)")
  var accumulate: Int?
  @Option(help: "Where the run ends. (default: 20000, without --time)")
  var steps: Int?
  @Option(help: "How long the run trains in all: 90s, 20m, 8h.")
  var time: RunTime?
  @Option(help: "(default: 2e-4)")
  var learningRate: Double?
  @Option(help: "How the rate runs after the warm-up: constant or cosine. (default: constant)")
  var rate: LearningRate.Course?
  @Option(help: "Steps over which the rate rises. (default: 500)")
  var warmup: Int?
  @Option(help: "(default: 0.01)")
  var weightDecay: Double?
  @Option(help: "The largest norm of the gradients; 0 for any. (default: 1)")
  var clip: Double?
  @Option(
    help: "How much of the weights' average stays in a step, once it is old. (default: 0.9999)")
  var emaDecay: Double?
  @Option(help: "(default: 0)")
  var dropout: Double?
  @Option(help: "auto, f32 or bf16. (default: auto)")
  var precision: TrainingSettings.Precision?
  @Option(help: "What all that is random follows from. (default: 0)")
  var seed: UInt64?
  @Option(help: "Processors to compute on. (default: all)")
  var threads: Int?

  @OptionGroup var diffusion: DiffusionOptions

  @Option(help: "Steps from one checkpoint to the next. (default: 1000)")
  var checkpointEvery: Int?
  @Option(help: "Steps from one picture of samples to the next; 0 for none. (default: 1000)")
  var sampleEvery: Int?
  @Option(help: "How many of the last checkpoints are kept, beside the best. (default: 3)")
  var keep: Int?
  @Option(
    help: """
      Steps from one snapshot of two averages to the next, for stipple ema; 0 for none. (default: 0)
      """)
  var snapshotEvery: Int?

  @OptionGroup var noised: NoisedOptions

  /// The settings with all flags taken into account.
  ///
  /// What is not given anywhere is usual for the preset.
  ///
  /// - Parameter run: whose settings stand for what is not given, where it holds a run.
  func resolved(for run: RunFolder) throws -> TrainingSettings {
    let configured = try config.map { try TrainingSettings(yaml: $0) }
    var settings: TrainingSettings
    if let old = try run.settings() {
      settings = old
    } else {
      settings = TrainingSettings(preset: preset ?? configured?.preset ?? "small")
      try noised.adopt(into: &settings, configured: configured?.noised)
    }
    // A new end, of either kind, takes the place of the run's.
    let end = (steps: settings.steps, time: settings.time)
    (settings.steps, settings.time) = (nil, nil)
    if let config { settings = try TrainingSettings(yaml: config, over: settings) }
    func take<T>(_ value: T?, _ path: WritableKeyPath<TrainingSettings, T>) {
      if let value { settings[keyPath: path] = value }
    }
    take(preset, \.preset)
    take(size.map(Optional.some), \.size)
    take(fit, \.fit)
    take(channels.map(Optional.some), \.channels)
    take(background, \.background)
    take(flip, \.flip)
    take(turn, \.turn)
    take(classes, \.classes)
    take(classDropout, \.classDropout)
    take(validation, \.validation)
    take(batch, \.batch)
    take(accumulate, \.accumulate)
    take(steps.map(Optional.some), \.steps)
    take(time.map(Optional.some), \.time)
    take(learningRate, \.learningRate)
    take(rate, \.rate)
    take(warmup, \.warmup)
    take(weightDecay, \.weightDecay)
    take(clip, \.clip)
    take(emaDecay, \.emaDecay)
    take(dropout, \.dropout)
    take(precision, \.precision)
    take(seed, \.seed)
    take(threads.map(Optional.some), \.threads)
    take(checkpointEvery, \.checkpointEvery)
    take(sampleEvery, \.sampleEvery)
    take(keep, \.keep)
    take(snapshotEvery, \.snapshotEvery)
    try diffusion.apply(to: &settings)
    noised.apply(to: &settings)
    if settings.steps == nil && settings.time == nil {
      (settings.steps, settings.time) = end
    }
    return settings
  }
}
