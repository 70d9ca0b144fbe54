public import Checkpoints
public import Diffusion
internal import Networks
internal import Text

/// The settings of sampling: seed, sampler, steps, guidance and so on.
public struct GenerationSettings: Equatable, Sendable {
  /// Random seed.
  public var seed: UInt64 = 0
  /// The sampler.
  public var sampler = Sampler.dpmSolver2MSDE
  /// Steps from noise to an image: as many evaluations of the network, but of Heun's method 2 n - 1.
  public var steps = 25
  /// Image-to-image strength (SDEdit, Meng et al. 2022), above 0 to 1: the fraction of the sampling steps that is run,
  /// the last ones; 1 starts from pure noise. `stipple generate --from` uses 0.6.
  ///
  /// The number of steps is rounded down as in diffusers' image-to-image pipelines; where that is none, one step runs
  /// from as far up the schedule.
  public var strength = 1.0
  /// RePaint resampling for the `ddpm` sampler (Lugmayr et al. 2022); nil for none.
  public var resampling: Resampling?
  /// How much of the ancestral noise DDIM adds, and how much of its noise consistency sampling draws anew: 0 none, 1 all; nil
  /// for what the sampler usually does, DDIM 0 and consistency sampling 1.
  public var eta: Double?
  /// Whether DDIM takes the noise anew from the x_0 that the threshold has changed, as diffusers does with
  /// `use_clipped_model_output`; false takes the network's own, as diffusers does by default. Nil takes
  /// what the model says: networks that come from diffusers false, others true.
  public var usesClippedModelOutput: Bool?
  /// How much noise Euler's and Heun's methods put back before each step, S_churn of Karras et al.
  /// 2022: 0 none.
  public var churn = 0.0
  /// Timestep spacing.
  public var timestepSpacing = TimestepSpacing.trailing
  /// The variance of ancestral steps; nil takes what the model was trained for,
  /// which is beta~ where it says nothing.
  package var variance: ReverseVariance?
  /// What is done with predictions of x_0 outside [-1, 1].
  public var threshold = Threshold.clip
  /// The class label of the images, for a class-conditional network.
  public var classIndex: Int?
  /// What that class is called; `Generator` finds it.
  var className: String?
  /// Whether the images are of all classes in turn: image i of class i mod their number.
  public var takesTurns = false
  /// Guidance scale: classifier-free guidance, or autoguidance with a guide; 1 disables.
  public var guidance = 1.0
  /// The noise levels sigma = sqrt((1 - abar) / abar) at which images are guided; nil for all (Kynkaanniemi et al. 2024).
  public var guidanceInterval: ClosedRange<Double>?
  /// What the network is evaluated in.
  public var precision = TrainingSettings.Precision.auto

  /// The usual settings: SDE-DPM-Solver++(2M) in 25 steps. The noise that it adds corrects what a network
  /// that has learned for minutes or hours gets wrong, where deterministic samplers carry it on.
  public init() {}

  /// The usual settings for a model: its own sampler and number of steps, where it was made for them.
  public init(for model: DiffusionModel) {
    adopt(model.configuration.usualSampling)
  }

  /// Takes over a model's own sampler and steps, where it has some.
  package mutating func adopt(_ usual: ModelConfiguration.UsualSampling?) {
    if let usual { (sampler, steps) = (usual.sampler, usual.steps) }
  }

  /// `eta`, or what is usual for the sampler.
  package var resolvedEta: Double { eta ?? sampler.usualEta }

  /// Makes sure that every number is in its setting's range.
  func validate() throws(SettingError) {
    try SettingError.check(.steps, steps)
    let numbers: [(NumericSetting, Double?)] = [
      (.strength, strength), (.eta, eta), (.churn, churn), (.guidance, guidance),
    ]
    for (setting, value) in numbers { try SettingError.check(setting, value) }
    try SettingError.check(.jumpLength, resampling?.jumpLength)
    try SettingError.check(.resamplings, resampling?.count)
  }

  /// The timesteps that these settings describe, before any way back up.
  package func plan(_ schedule: NoiseSchedule) throws(DiffusionError) -> TimestepPlan {
    try sampler.plan(timestepSpacing, steps: steps, of: schedule)
      .last(strength, of: schedule.timesteps)
  }

  /// The table of the sampler that these settings describe.
  package func table(_ schedule: NoiseSchedule) throws(DiffusionError) -> SamplingTable {
    try sampler.table(
      schedule, plan(schedule),
      SamplerOptions(
        eta: resolvedEta, usesClippedOutput: usesClippedModelOutput ?? true,
        churn: churn,
        variance: variance ?? .betaTilde, resampling: resampling))
  }

  /// Makes sure that a class is chosen where the network has to be told one, one that there is, and that
  /// images can be guided to it.
  ///
  /// - Parameter isGuided: whether another model is the guide.
  package func checkClass(
    of model: ModelConfiguration, isGuided: Bool = false
  ) throws(SettingError) {
    let network = model.network
    if guidance != 1, !isGuided, model.noClass == nil || !hasClass {
      throw SettingError(
        "guidance",
        cause: !network.isClassConditional
          ? "needs `guide`, or a class-conditional model; this one was trained without classes"
          : model.noClass == nil
            ? "needs `guide`, or a model trained with `class-dropout`" : "needs `class` or `guide`")
    }
    guard hasClass else {
      guard network.isClassConditional, model.noClass == nil else { return }
      throw SettingError(
        "class",
        cause: "this model needs a class"
          + (model.classNames.map { ": \(Readable.list($0))" }
            ?? network.classCount.map { ": 0 to \($0 - 1)" } ?? ""))
    }
    guard network.isClassConditional else {
      throw SettingError("class", cause: "the model is not class-conditional")
    }
    guard let count = model.classCount else {
      if !takesTurns { return }
      throw SettingError("class", cause: "all needs class names, and this model has none")
    }
    if let classIndex, !(0..<count).contains(classIndex) {
      throw SettingError(
        "class",
        cause: "there is no class \(classIndex); there are "
          + (model.classNames.map(Readable.list) ?? "0 to \(count - 1)"))
    }
  }

  /// Whether images are of a class, or of all in turn.
  var hasClass: Bool { classIndex != nil || takesTurns }

  /// The classes of images by their indices; nil where none is chosen.
  package func classes(of indices: [Int], _ model: ModelConfiguration) -> [Int]? {
    if takesTurns {
      guard let count = model.classCount else { preconditionFailure("checkClass refuses this") }
      return indices.map { $0 % count }
    }
    return classIndex.map { [Int](repeating: $0, count: indices.count) }
  }
}
