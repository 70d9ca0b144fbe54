internal import Checkpoints
internal import Images
internal import Text

/// What a run is trained with and why, for one who has only named a folder.
public struct TrainingChoice: Sendable, Equatable {
  /// The setting's name: "size".
  public let name: String
  /// "32 x 32".
  public let value: String
  /// "size of all images"; settings are named in backquotes.
  public let reason: String

  /// The choices that matter most.
  ///
  /// - Parameters:
  ///   - settings: with all settled.
  ///   - asked: as they came.
  ///   - images: how many are trained on; nil of recorded examples.
  ///   - start: the settings that the model brings which the training starts from; nil without one.
  ///   - implying: the settings that imply the recipe, where none was named.
  static func all(
    _ settings: TrainingSettings, asked: TrainingSettings, _ preset: ChosenPreset,
    _ facts: ImageFacts,
    images: Int?, start: TrainingSettings?, implying: [TrainingSettings.CodingKeys]
  ) -> [TrainingChoice] {
    let origin = Origin(
      settings: settings, usual: TrainingSettings(preset: settings.preset),
      ofRecipe: TrainingSettings(preset: settings.preset, recipe: settings.recipe), start: start)
    func reason(
      _ key: TrainingSettings.CodingKeys, isGiven: Bool, _ cause: String
    ) -> String {
      if images == nil, start == nil { return "as recorded" }
      return isGiven ? origin.reason(key, ofPreset: true) : cause
    }
    let channels = settings.channels ?? 0
    let colors =
      facts.isTransparent
      ? "\(ImageFacts.percent(facts.transparentShare)) % of the images have transparent pixels"
      : channels == 1 ? "all images are grayscale" : "color images"
    let augment =
      settings.isDenoiser
      ? "off for denoisers"
      : (images ?? 0) < Augmentation.fewImages
        ? "fewer than \(Augmentation.fewImages) images" : "\(Augmentation.fewImages) images or more"
    let end: TrainingSettings.CodingKeys =
      settings.steps == nil && settings.time != nil ? .time : .steps
    return [
      .init(
        name: "size", value: settings.size?.inWords ?? "",
        reason: reason(.size, isGiven: asked.size != nil, "size of all images")),
      .init(
        name: "channels", value: "\(channels) (\(Readable.channels(channels)))",
        reason: reason(.channels, isGiven: asked.channels != nil, colors)),
      .init(
        name: "preset", value: settings.preset,
        reason: asked.preset != TrainingSettings.automaticPreset
          ? origin.isOfStart(.preset) ? Origin.ofStart : "given"
          : preset.cause == nil ? "default" : "suits the time"),
      .init(
        name: "levels", value: settings.levels.map(String.init) ?? "",
        reason: reason(.levels, isGiven: asked.levels != nil, "suits the size")),
      // That of all presets but denoisers needs no word.
      .init(
        name: "recipe",
        value: settings.recipe == origin.usual.recipe ? "" : settings.recipe.rawValue,
        reason: implying.isEmpty ? origin.reason(.recipe) : "implied by \(implying.inBackquotes)"),
      .init(name: "batch", value: "\(settings.batch)", reason: origin.reason(.batch)),
      .init(
        name: "augment", value: Readable.number(settings.augment ?? 0),
        reason: reason(.augment, isGiven: asked.augment != nil, augment)),
      .init(
        name: "degradation",
        value: settings.degradation.map { counted($0.parts.count, "part") } ?? "",
        reason: origin.reason(.degradation, ofPreset: true)),
      .init(
        name: end.rawValue, value: end.setting.words(settings) ?? "", reason: origin.reason(end)),
    ].filter { !$0.value.isEmpty }
  }

  /// Where values of settings come from.
  private struct Origin {
    let settings: TrainingSettings
    /// The defaults of the preset.
    let usual: TrainingSettings
    /// Those with the recipe.
    let ofRecipe: TrainingSettings
    /// The settings that a model brings.
    let start: TrainingSettings?

    static let ofStart = "from the model"

    /// Whether a value is the model's.
    func isOfStart(_ key: TrainingSettings.CodingKeys) -> Bool {
      start.map { key.setting.words($0) == key.setting.words(settings) } ?? false
    }

    /// - Parameter ofPreset: whether the default is the preset's own.
    func reason(_ key: TrainingSettings.CodingKeys, ofPreset: Bool = false) -> String {
      if isOfStart(key) { return Self.ofStart }
      let value = key.setting.words(settings)
      if value == key.setting.words(usual) {
        return ofPreset ? "default of preset \(settings.preset)" : "default"
      }
      let isOfRecipe = key != .recipe && value == key.setting.words(ofRecipe)
      return start == nil && isOfRecipe ? "recipe \(settings.recipe.rawValue)" : "given"
    }
  }
}

extension TrainingSettings.Recipe {
  /// What to say of a recipe that nobody named.
  func remark(impliedBy settings: [TrainingSettings.CodingKeys]) -> String {
    "recipe \(rawValue) (implied by \(settings.inBackquotes); use `recipe` "
      + "\(Self.standard.rawValue) to keep flow matching)"
  }
}

extension [TrainingSettings.CodingKeys] {
  /// "`objective`, `schedule`".
  fileprivate var inBackquotes: String { map { "`\($0.rawValue)`" }.joined(separator: ", ") }
}
