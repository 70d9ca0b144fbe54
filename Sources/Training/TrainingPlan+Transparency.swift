internal import Checkpoints
internal import Images
internal import PNGCodec

extension TrainingPlan {
  /// What becomes of transparent pixels where the user has not said it; nil where there are none.
  static func transparency(_ survey: Survey, _ settings: TrainingSettings) -> String? {
    let share = survey.transparentShare
    guard share > 0, settings.channels == nil else { return nil }
    let percent = share < 0.01 ? "Less than 1" : "\(Int((share * 100).rounded()))"
    let found =
      (share == 1 ? "All" : "\(percent) % of the") + " images have transparent pixels"
    return survey.isTransparent
      ? found
        + ": training on RGBA; use `channels` \(survey.opaqueFormat.channels) for a solid "
        + "`background` instead"
      : found
        + "; they get the background \(settings.background); use `channels` 4 to train on RGBA"
  }
}
