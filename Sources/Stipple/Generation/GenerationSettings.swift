package import Diffusion
internal import Networks

/// How images are drawn from a model.
public struct GenerationSettings: Equatable, Sendable {
  /// The way from noise to an image.
  public enum Sampler: String, Codable, Sendable, CaseIterable {
    /// Ancestral sampling (Ho et al. 2020, algorithm 2).
    case ddpm
    /// Song et al. 2021, deterministic where eta is 0.
    case ddim
  }

  /// What all that is random follows from.
  public var seed: UInt64 = 0
  /// The way from noise to an image.
  public var sampler = Sampler.ddim
  /// Evaluations of the network for an image.
  public var steps = 50
  /// How much of the ancestral noise DDIM adds: 0 none, 1 all.
  public var eta = 0.0
  package var spacing = TimestepSpacing.trailing
  /// The variance of ancestral steps.
  package var variance = AncestralSampler.Variance.betaTilde
  /// Whether the predicted x_0 is held in [-1, 1].
  public var clipsPrediction = true
  /// The class that the images are to be of, for a network that is told one.
  public var classIndex: Int?
  /// What the network is evaluated in.
  public var precision = TrainingSettings.Precision.auto

  /// The usual settings: DDIM, 50 steps, no noise added.
  public init() {}

  /// The sampler that these settings describe.
  package func makeSampler(_ schedule: NoiseSchedule) throws(DiffusionError) -> any Diffusion
    .Sampler
  {
    let plan = try TimestepPlan(spacing, steps: steps, of: schedule.timesteps)
    switch sampler {
    case .ddpm: return AncestralSampler(schedule, variance: variance, plan: plan)
    case .ddim: return try ImplicitSampler(schedule, plan: plan, eta: eta)
    }
  }

  /// Makes sure that a class is chosen where the network is told one, and one that there is.
  func checkClass(of network: UNetConfiguration) throws(GenerationError) {
    guard let classIndex else {
      guard network.isClassConditional else { return }
      throw .setting(
        "class",
        cause: "the network is told a class"
          + (network.classCount.map { ": 0 to \($0 - 1)" } ?? ""))
    }
    guard network.isClassConditional else {
      throw .setting("class", cause: "the network is told no class")
    }
    if let count = network.classCount, !(0..<count).contains(classIndex) {
      throw .setting(
        "class", cause: "there is no class \(classIndex); there are 0 to \(count - 1)")
    }
  }
}
