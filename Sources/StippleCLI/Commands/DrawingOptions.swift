import ArgumentParser
import Stipple

/// What is generated, whatever the sampler, as flags.
struct DrawingOptions: ParsableArguments {
  @OptionGroup(title: "Sampling") var main: MainOptions
  @OptionGroup(title: "Advanced") var advanced: AdvancedOptions

  /// The everyday ones.
  struct MainOptions: ParsableArguments {
    @Option(
      name: .customLong("class"),
      help: .text("Class name; all cycles through the classes.", "NAME"))
    var className: String?

    @Option(help: .text("Classifier-free guidance scale; 1 disables.", "W"))
    var guidance = GenerationSettings().guidance
  }

  /// What few users need.
  struct AdvancedOptions: ParsableArguments {
    @Option(help: .text("Class index, from 0.", "N"))
    var classIndex: Int?

    @Option(
      name: [.customLong("timestep-spacing"), .customLong("spacing")],
      help: .text("Timestep spacing.", "NAME"))
    var spacing = TimestepSpacing.trailing

    @Option(help: .text("Thresholding of the predicted x_0.", "NAME"))
    var threshold = GenerationSettings().threshold
  }

  func validate() throws {
    try check(.guidance, main.guidance)
    try check(.classIndex, advanced.classIndex)
    if main.className != nil && advanced.classIndex != nil {
      throw ValidationError("--class-index: cannot be combined with --class")
    }
  }

  /// The usual settings with these.
  func settings(for model: DiffusionModel) throws -> GenerationSettings {
    var settings = GenerationSettings()
    settings.spacing = advanced.spacing
    settings.threshold = advanced.threshold
    settings.takesTurns = main.className == "all"
    settings.classIndex = advanced.classIndex
    if let className = main.className, !settings.takesTurns {
      settings.classIndex = try model.configuration.classIndex(named: className)
    }
    settings.guidance = main.guidance
    return settings
  }
}
