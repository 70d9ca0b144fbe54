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
        + ": training on RGBA; use --channels \(survey.opaqueFormat.channels) to lay them over "
        + "--background instead"
      : found + ", which are laid over \(settings.background); use --channels 4 to train on RGBA"
  }
}
