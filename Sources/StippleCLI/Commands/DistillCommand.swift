import ArgumentParser
import Stipple
import SystemPackage

/// `stipple distill`
struct DistillCommand: TrainingCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Tune a trained model to sample in one or two steps.",
    usage: "stipple distill MODEL [IMAGES...] -o RUN [options]",
    discussion: """
      Consistency tuning (Geng et al. 2024): training goes on from MODEL's weights
      until the network predicts the same image at all noise levels of one path.
      `stipple generate RUN` then uses the sampler consistency in --steps steps.
      Without IMAGES, those that the model's run was trained on are used.

      By default it takes 3/16 of the model's training steps, about a quarter of
      its training time. Run the same command again to resume; a larger
      --training-steps extends the run.
      """)

  @Argument(
    help: .text("Checkpoint file, run folder (latest checkpoint) or model name.", "MODEL"))
  var model: FilePath

  @Argument(help: .images)
  var images: [FilePath] = []

  @Option(name: .shortAndLong, help: .text("Run folder.", "RUN"))
  var output: FilePath

  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup var flags: SettingFlags<DistillationSettings>
  @OptionGroup(title: "Model") var weights: WeightsOption
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Output") var logging: LoggingOptions
  @OptionGroup(title: "Output") var writing: OutputOptions
  @OptionGroup(title: "Advanced") var reading: ReadingOptions
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption

  /// What is tuned for.
  struct SamplingOptions: ParsableArguments {
    @Option(help: .text("Default sampling steps of the distilled model.", "N", default: "2"))
    var steps: Int?

    func validate() throws { try check(.steps, steps) }
  }

  func validate() throws { try checkFolder(output, of: "a run is kept") }

  func run() throws { try sharing.run(distill) }

  private func distill(_ processes: ProcessGroup) throws {
    let folder = RunFolder(output)
    let teacher = try DiffusionModel.read(
      model, weights: weights.weights, by: processes, report: Console.note)
    let settings = try settings(teacher, folder)
    let inputs = try images.isEmpty ? recordedImages(teacher) : images
    var gate = OutputGate(overwriting: writing.overwrite, images: inputs, others: [model])
    try gate.add("-o", run: folder, config: nil)
    try gate.check()
    let plan = try TrainingPlan(
      inputs: inputs, run: folder, settings: settings,
      isStrict: reading.strict, teacher: teacher, maxPixels: reading.maxPixels,
      surveyTime: trial.dryRun ? .milliseconds(800) : nil, processes: processes)
    try train(plan, in: folder, gate)
  }

  /// What the run that the model is of was trained on.
  private func recordedImages(_ teacher: DiffusionModel) throws -> [FilePath] {
    guard let inputs = try run(of: teacher).flatMap({ try RunFolder($0).recordedImages() }) else {
      throw ValidationError(
        "\(model): does not say which images it was trained on; give them: "
          + "stipple distill \(ShellWord.quoted(model.string)) IMAGES -o "
          + ShellWord.quoted(output.string))
    }
    return inputs
  }

  /// The run folder that the model is in.
  private func run(of teacher: DiffusionModel) -> FilePath? {
    teacher.file?.removingLastComponent().removingLastComponent()
  }

  /// Those of the run where there is one, else the usual ones for the model, with what was typed.
  private func settings(_ teacher: DiffusionModel, _ folder: RunFolder) throws -> TrainingSettings {
    let steps = sampling.steps
    if run(of: teacher)?.lexicallyNormalized() == output.lexicallyNormalized() {
      throw ValidationError("-o \(output): is the run of the model; give another folder")
    }
    var gate = OutputGate(overwriting: writing.overwrite)
    gate.add("-o", output, .folder)
    try gate.check()
    guard var settings = try folder.settings() else {
      var settings = TrainingSettings(
        distilling: teacher, named: model.string, steps: steps ?? 2,
        trainingSteps: flags.typed[.steps].flatMap(Int.init))
      try flags.apply(to: &settings)
      return settings
    }
    guard let distillation = settings.distillation else {
      throw ValidationError(
        "\(output): is a training run; give another folder for the distillation")
    }
    // A run has its own weights once it has begun, whatever has become of the model.
    if weights.typed != nil, distillation.fingerprint != teacher.fingerprint {
      throw ValidationError(
        "--weights: \(output) was begun with other weights; leave it out, or give another folder")
    }
    if let steps, steps != distillation.steps {
      throw ValidationError(
        "--steps: \(output) was started with \(distillation.steps); the training does not depend on it: use "
          + "stipple generate \(ShellWord.quoted(output.string)) --steps \(steps)"
      )
    }
    try flags.apply(to: &settings)
    return settings
  }
}

/// The settings that a distillation has flags for; the others are the model's.
enum DistillationSettings: SettingSubset {
  static let keys: [TrainingSettings.CodingKeys] = [
    .flip, .dropout, .batch, .steps, .time, .learningRate, .learningRateSchedule, .warmup,
    .emaDecay, .precision, .seed, .threads, .memory, .checkpointEvery, .sampleEvery, .keep,
    .accumulate, .clip, .weightDecay,
    .gradientType,
  ]

  static func name(_ key: TrainingSettings.CodingKeys) -> String {
    key == .steps ? "training-steps" : key.rawValue
  }

  static func usual(_ key: TrainingSettings.CodingKeys) -> String? {
    switch key {
    case .steps: "3/16 of the model's, at least 100"
    case .learningRate: "the model's, at most 0.00025"
    case .dropout, .batch, .accumulate, .clip, .weightDecay:
      "the model's"
    default: nil
    }
  }
}
