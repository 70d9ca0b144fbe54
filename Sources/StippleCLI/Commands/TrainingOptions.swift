import ArgumentParser
import Stipple
import SystemPackage

/// The settings of a training run as flags; one that is not given leaves what `--config` says, or what
/// the run folder's run has, or the usual value.
struct TrainingOptions: ParsableArguments {
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup var diffusion: DiffusionOptions
  @OptionGroup(title: "Optimization") var optimization: OptimizationOptions
  @OptionGroup(title: "Run") var run: RunOptions
  @OptionGroup(title: "Output") var checkpoints: CheckpointOptions
  @OptionGroup(title: "Advanced") var advanced: AdvancedTrainingOptions
  @OptionGroup(title: "Advanced") var recording: RecordingOptions

  /// What is trained on.
  struct DataOptions: ParsableArguments {
    @Option(help: .setting(.size))
    var size: ImageSize?
    @Option(help: .setting(.fit))
    var fit: Fit?
    @Option(help: .setting(.channels))
    var channels: Int?
    @Flag(inversion: .prefixedNo, help: .setting(.flip))
    var flip: Bool?
    @Option(help: .setting(.classes))
    var classes: TrainingSettings.Classes?
    @Option(help: .setting(.validation))
    var validation: Double?
  }

  /// The network.
  struct ModelOptions: ParsableArguments {
    @Option(help: .setting(.preset))
    var preset: String?
    @Option(help: .setting(.dropout))
    var dropout: Double?
  }

  /// The optimizer's everyday settings.
  struct OptimizationOptions: ParsableArguments {
    @Option(help: .setting(.batch))
    var batch: Int?
    @Option(help: .setting(.steps))
    var steps: Int?
    @Option(help: .setting(.time))
    var time: RunTime?
    @Option(help: .setting(.learningRate))
    var learningRate: Double?
    @Option(name: [.customLong("lr-schedule"), .customLong("rate")], help: .setting(.rate))
    var rate: LearningRate.Course?
    @Option(help: .setting(.warmup))
    var warmup: Int?
    @Option(help: .setting(.emaDecay))
    var emaDecay: Double?
  }

  /// How the program runs.
  struct RunOptions: ParsableArguments {
    @Option(help: .setting(.seed))
    var seed: UInt64?
    @Option(help: .setting(.precision))
    var precision: TrainingSettings.Precision?
    @Option(help: .setting(.threads))
    var threads: Int?
    @Option(
      help: .text("YAML or JSON settings file; options override it.", "FILE"))
    var config: FilePath?
  }

  /// What the run folder gets.
  struct CheckpointOptions: ParsableArguments {
    @Option(help: .setting(.checkpointEvery))
    var checkpointEvery: Int?
    @Option(help: .setting(.sampleEvery))
    var sampleEvery: Int?
    @Option(help: .setting(.keep))
    var keep: Int?
  }

  /// What few runs need.
  struct AdvancedTrainingOptions: ParsableArguments {
    @Option(help: .setting(.accumulate))
    var accumulate: Int?
    @Option(help: .setting(.clip))
    var clip: Double?
    @Option(help: .setting(.weightDecay))
    var weightDecay: Double?
    @Flag(
      name: [.customLong("rotate"), .customLong("turn")], inversion: .prefixedNo,
      help: .setting(.turn))
    var turn: Bool?
    @Option(help: .setting(.background))
    var background: String?
    @Option(help: .setting(.classDropout))
    var classDropout: Double?
    @Option(help: .setting(.snapshotEvery))
    var snapshotEvery: Int?
    @Option(name: .customLong("gradient-dtype"), help: .setting(.gradientType))
    var gradientType: TrainingSettings.GradientType?
  }

  /// The settings with all flags taken into account.
  ///
  /// What is not given anywhere is usual for the preset.
  ///
  /// - Parameter folder: whose settings stand for what is not given, where it holds a run.
  func resolved(for folder: RunFolder) throws -> TrainingSettings {
    let configured = try run.config.map { try TrainingSettings(yaml: $0) }
    var settings: TrainingSettings
    if let old = try folder.settings() {
      settings = old
    } else {
      settings = TrainingSettings(preset: model.preset ?? configured?.preset ?? "small")
      try recording.adopt(into: &settings, configured: configured?.noised)
    }
    // A new end, of either kind, takes the place of the run's.
    let end = (steps: settings.steps, time: settings.time)
    (settings.steps, settings.time) = (nil, nil)
    if let config = run.config { settings = try TrainingSettings(yaml: config, over: settings) }
    func take<T>(_ value: T?, _ path: WritableKeyPath<TrainingSettings, T>) {
      if let value { settings[keyPath: path] = value }
    }
    take(model.preset, \.preset)
    take(data.size.map(Optional.some), \.size)
    take(data.fit, \.fit)
    take(data.channels.map(Optional.some), \.channels)
    take(advanced.background, \.background)
    take(data.flip, \.flip)
    take(advanced.turn, \.turn)
    take(data.classes, \.classes)
    take(advanced.classDropout, \.classDropout)
    take(data.validation, \.validation)
    take(optimization.batch, \.batch)
    take(advanced.accumulate, \.accumulate)
    take(optimization.steps.map(Optional.some), \.steps)
    take(optimization.time.map(Optional.some), \.time)
    take(optimization.learningRate, \.learningRate)
    take(optimization.rate, \.rate)
    take(optimization.warmup, \.warmup)
    take(advanced.weightDecay, \.weightDecay)
    take(advanced.clip, \.clip)
    take(optimization.emaDecay, \.emaDecay)
    take(model.dropout, \.dropout)
    take(run.precision, \.precision)
    take(advanced.gradientType, \.gradientType)
    take(run.seed, \.seed)
    take(run.threads.map(Optional.some), \.threads)
    take(checkpoints.checkpointEvery, \.checkpointEvery)
    take(checkpoints.sampleEvery, \.sampleEvery)
    take(checkpoints.keep, \.keep)
    take(advanced.snapshotEvery, \.snapshotEvery)
    try diffusion.apply(to: &settings)
    recording.apply(to: &settings)
    if settings.steps == nil && settings.time == nil {
      (settings.steps, settings.time) = end
    }
    return settings
  }
}
