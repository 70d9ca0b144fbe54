internal import Checkpoints
internal import Images
internal import PNGCodec

extension TrainingPlan {
  /// What is done about transparent pixels where the user has not said it; nil where they are not trained on.
  static func transparency(_ survey: Survey, _ settings: TrainingSettings) -> String? {
    guard survey.isTransparent, settings.channels == nil else { return nil }
    return ImageFacts(survey).transparentWords
      + ": training on RGBA; use `channels` \(survey.opaqueFormat.channels) for a solid "
      + "`background` instead"
  }
}
