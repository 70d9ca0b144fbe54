import ArgumentParser
import Diffusion
import Stipple

/// What is drawn, whatever the sampler, as flags.
struct DrawingOptions: ParsableArguments {
  @Option(help: "How the steps lie among the timesteps: trailing, leading, linspace or karras.")
  var spacing = TimestepSpacing.trailing

  @Option(
    help: """
      What is done with a predicted image outside [-1, 1]: clip, none, or dynamic, which scales it \
      down.
      """)
  var threshold = GenerationSettings.Threshold.clip

  @Option(
    name: .customLong("class"),
    help: """
      The class, by name, for a network that is told one; of images from nothing but noise, all takes \
      them in turn.
      """)
  var className: String?

  @Option(help: "The class by its number, from 0, where names are numbers too.")
  var classIndex: Int?

  @Option(
    help: """
      How far images follow their class: 1 as it was learned, more the further (classifier-free \
      guidance, Ho & Salimans 2022); each step then costs twice as much.
      """)
  var guidance = 1.0

  func validate() throws {
    try check(.guidance, guidance)
    try check(.classIndex, classIndex)
    if className != nil && classIndex != nil {
      throw ValidationError("--class-index: give either --class or --class-index")
    }
  }

  /// The usual settings with these.
  func settings(for model: DiffusionModel) throws -> GenerationSettings {
    var settings = GenerationSettings()
    settings.spacing = spacing
    settings.threshold = threshold
    settings.takesTurns = className == "all"
    settings.classIndex = classIndex
    if let className, !settings.takesTurns {
      settings.classIndex = try model.configuration.classIndex(named: className)
    }
    settings.guidance = guidance
    return settings
  }
}
