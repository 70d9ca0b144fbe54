internal import Checkpoints
internal import Images
internal import Text

/// What a run is trained with and why, for one who has only named a folder.
public struct TrainingChoice: Sendable, Equatable {
  /// The setting's name: "size".
  public let name: String
  /// "32 x 32".
  public let value: String
  /// "size of all images".
  public let reason: String

  /// The choices that matter most.
  ///
  /// - Parameters:
  ///   - settings: with all settled.
  ///   - asked: as they came.
  ///   - images: how many are trained on; nil of recorded examples.
  static func all(
    _ settings: TrainingSettings, asked: TrainingSettings, _ preset: ChosenPreset,
    _ facts: ImageFacts,
    images: Int?
  ) -> [TrainingChoice] {
    let usual = TrainingSettings(preset: settings.preset)
    func reason(_ key: TrainingSettings.CodingKeys) -> String {
      key.setting.words(settings) == key.setting.words(usual) ? "default" : "given"
    }
    func reason(_ key: TrainingSettings.CodingKeys, isGiven: Bool, _ cause: String) -> String {
      if !isGiven { return images == nil ? "as recorded" : cause }
      return key.setting.words(settings) == key.setting.words(usual)
        ? "default of preset \(settings.preset)" : "given"
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
          ? "given" : preset.cause == nil ? "default" : "suits the time"),
      .init(name: "batch", value: "\(settings.batch)", reason: reason(.batch)),
      .init(
        name: "augment", value: Readable.number(settings.augment ?? 0),
        reason: reason(.augment, isGiven: asked.augment != nil, augment)),
      .init(
        name: "degradation",
        value: settings.degradation.map { counted($0.parts.count, "part") } ?? "",
        reason: settings.degradation == usual.degradation
          ? "default of preset \(settings.preset)"
          : settings.startFrom == nil ? "given" : "given, or of the model that it starts from"),
      .init(name: end.rawValue, value: end.setting.words(settings) ?? "", reason: reason(end)),
    ].filter { !$0.value.isEmpty }
  }
}
