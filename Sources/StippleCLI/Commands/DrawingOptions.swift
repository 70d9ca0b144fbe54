import ArgumentParser
import Stipple
import SystemPackage

/// What a command's help says of options that several commands have.
protocol DrawingWords {
  /// Of `--class`.
  static var className: String { get }
  /// The default of `--sampler`.
  static var sampler: String { get }
}

extension DrawingWords {
  static var className: String { "Class name." }
  static var sampler: String { GenerationSettings().sampler.rawValue }
}

/// What is generated, whatever the sampler, as flags.
struct DrawingOptions<Words: DrawingWords>: ParsableArguments {
  @OptionGroup(title: "Sampling") var main: MainOptions
  @OptionGroup(title: "Advanced") var advanced: AdvancedOptions

  /// The everyday ones.
  struct MainOptions: ParsableArguments {
    @Option(
      name: .customLong("class"),
      help: .text(Words.className, "NAME"))
    var className: String?

    @Option(
      help: .text(
        "Guidance scale; 1 disables.", "W",
        default: "1, or \(GuidanceDefaults.byGuide) with --guide"))
    var guidance: Double?

    @Option(help: .text("Autoguidance by a weaker model: file, run or EMA snapshot.", "MODEL"))
    var guide: FilePath?
  }

  /// What few users need.
  struct AdvancedOptions: ParsableArguments {
    @Option(help: .text("Class index, from 0.", "N"))
    var classIndex: Int?

    @Option(
      name: [.customLong("timestep-spacing"), .customLong("spacing")],
      help: .text(
        "Timestep spacing.", "NAME", default: GenerationSettings().timestepSpacing.rawValue))
    var timestepSpacing: TimestepSpacing?

    @Option(help: .text("Noise levels sigma to guide at, such as 0.3..3.", "A..B", default: "all"))
    var guidanceInterval: NoiseRange?

    @Option(help: .text("Thresholding of the predicted x_0.", "NAME"))
    var threshold = GenerationSettings().threshold
  }

  func validate() throws {
    try check(.guidance, main.guidance)
    try check(.classIndex, advanced.classIndex)
    if advanced.guidanceInterval != nil, main.guidance == nil, main.guide == nil {
      throw ValidationError("--guidance-interval: needs --guidance or --guide")
    }
    if main.className != nil && advanced.classIndex != nil {
      throw ValidationError("--class-index: cannot be combined with --class")
    }
  }

  /// The usual settings with these.
  func settings(for model: DiffusionModel) throws -> GenerationSettings {
    var settings = GenerationSettings(for: model)
    settings.timestepSpacing = advanced.timestepSpacing ?? settings.timestepSpacing
    settings.threshold = advanced.threshold
    settings.takesTurns = main.className == "all"
    settings.classIndex = try advanced.classIndex.map(model.configuration.classIndex(at:))
    if let className = main.className, !settings.takesTurns {
      settings.classIndex = try model.configuration.classIndex(named: className)
    }
    settings.guidance = main.guidance ?? (main.guide == nil ? 1 : GuidanceDefaults.byGuide)
    settings.guidanceInterval = advanced.guidanceInterval.map { $0.lowest...$0.highest }
    return settings
  }

  /// What draws by settings.
  func generator(
    _ model: DiffusionModel, _ settings: GenerationSettings, _ common: CommonOptions
  ) throws -> Generator {
    let guide = try main.guide.map {
      try model.guide($0, weights: common.weights, report: Console.note)
    }
    return try Generator(model, settings, guide: guide, threads: common.threads)
  }
}

/// The guidance scale where none is given.
private enum GuidanceDefaults {
  /// Away from another model.
  static let byGuide = 1.5
}

extension NoiseRange: @retroactive ExpressibleByArgument {
  /// Reads "A..B".
  public init?(argument: String) { self.init(argument) }
}
