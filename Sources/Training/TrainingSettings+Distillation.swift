internal import Checkpoints
internal import Diffusion
internal import Networks
internal import Sampling

extension TrainingSettings {
  /// Makes sure that the settings of a distillation come with its model, which can be distilled, and know nothing that
  /// a distillation does not have.
  ///
  /// - Parameter isBegun: whether the run has weights of its own, so that the model's are not needed any more: it may have been
  ///   trained on since.
  func validate(distilling teacher: DiffusionModel?, isBegun: Bool) throws {
    guard let distillation else {
      precondition(teacher == nil, "a teacher for a training from scratch")
      return
    }
    func refuse(_ setting: CodingKeys, _ cause: String) -> SettingError {
      SettingError(setting.rawValue, cause: cause)
    }
    guard let teacher else {
      throw refuse(
        .distillation, "this run distills \(distillation.teacher); continue it with stipple distill"
      )
    }
    try GenerationError.checkDraws(teacher.configuration)
    if teacher.configuration.variance?.isLearned == true {
      throw refuse(
        .variance, "\(distillation.teacher) has learned variances, which a distillation would lose")
    }
    guard distillation.steps <= teacher.configuration.schedule.timesteps else {
      throw DiffusionError.steps(
        distillation.steps, timesteps: teacher.configuration.schedule.timesteps)
    }
    if distillation.fingerprint != teacher.fingerprint, !isBegun {
      throw refuse(
        .distillation,
        "this run distills other weights (\(distillation.fingerprint)) than those of step \(teacher.step) "
          + "(\(teacher.fingerprint)); give the checkpoint that it was begun with, or another run folder"
      )
    }
    let others: [(CodingKeys, Bool)] = [
      (.recordBatches, recordBatches != nil), (.replay, replay != nil),
      (.degradation, degradation != nil),
      (.noiseRange, noiseRange != nil), (.inputPerturbation, inputPerturbation != 0),
      (.timestepSampling, timestepSampling != .uniform),
      (.lossWeighting, lossWeighting != .constant),
    ]
    if let (key, _) = others.first(where: { $0.1 }) {
      throw refuse(key, "cannot be combined with a distillation")
    }
  }

  /// The teacher's configuration with what becomes of it.
  ///
  /// - Parameter classNames: of the images; nil without classes.
  func distilled(
    _ teacher: DiffusionModel, classNames: [String]?
  ) throws -> ModelConfiguration {
    var configuration = teacher.configuration
    if configuration.classNames != classNames {
      throw TrainingError.otherClasses(classNames ?? [], model: configuration.classNames ?? [])
    }
    if configuration.network.isClassConditional, classNames == nil {
      throw SettingError(
        CodingKeys.classes.rawValue,
        cause: "the model has classes without names, which no folder tells")
    }
    configuration.usualSampling = distillation.map { .init(.consistency, steps: $0.steps) }
    return configuration
  }
}
