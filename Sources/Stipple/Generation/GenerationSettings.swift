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
    /// DPM-Solver++(2M) (Lu et al. 2022), deterministic.
    case dpmSolver2M = "dpm++2m"
    /// DPM-Solver++(2S), deterministic.
    case dpmSolver2S = "dpm++2s"
    /// DPM-Solver++(3M), deterministic.
    case dpmSolver3M = "dpm++3m"
    /// SDE-DPM-Solver++(2M), which adds noise.
    case dpmSolver2MSDE = "dpm++2m-sde"
    /// UniPC of order 2 (Zhao et al. 2023), deterministic.
    case uniPC = "unipc"
    /// Euler's method (Karras et al. 2022), deterministic where churn is 0.
    case euler
    /// Euler's method with noise added, as in k-diffusion.
    case eulerAncestral = "euler-ancestral"
    /// Heun's method (Karras et al. 2022), deterministic where churn is 0.
    case heun

    /// Whether `churn` means anything to it.
    public var churns: Bool { self == .euler || self == .heun }

    /// Whether it goes along the logarithm of the signal-to-noise ratio.
    var solvesInLambda: Bool {
      switch self {
      case .dpmSolver2M, .dpmSolver2S, .dpmSolver3M, .dpmSolver2MSDE, .uniPC: true
      case .ddpm, .ddim, .euler, .eulerAncestral, .heun: false
      }
    }
  }

  /// What is done with predictions of x_0 that leave the range of images, [-1, 1].
  public enum Threshold: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// They are held within [-1, 1].
    case clip
    /// They are scaled down where more than one in 200 of an image's values lies outside (Saharia et
    /// al. 2022).
    case dynamic

    var rule: Diffusion.Threshold {
      switch self {
      case .none: .none
      case .clip: .clip
      case .dynamic: .dynamic(percentile: 0.995)
      }
    }
  }

  /// What all that is random follows from.
  public var seed: UInt64 = 0
  /// The way from noise to an image.
  public var sampler = Sampler.dpmSolver2MSDE
  /// Steps from noise to an image: as many evaluations of the network, but of Heun's method 2 n - 1.
  public var steps = 25
  /// How much of the ancestral noise DDIM adds: 0 none, 1 all.
  public var eta = 0.0
  /// How much noise Euler's and Heun's methods put back before each step, S_churn of Karras et al.
  /// 2022: 0 none.
  public var churn = 0.0
  package var spacing = TimestepSpacing.trailing
  /// The variance of ancestral steps; nil takes what the model was trained for,
  /// which is beta~ where it says nothing.
  package var variance: AncestralSampler.Variance?
  /// What is done with predictions of x_0 outside [-1, 1].
  public var threshold = Threshold.clip
  /// The class that the images are to be of, for a network that is told one.
  public var classIndex: Int?
  /// Whether the images are of all classes in turn: image i of class i mod their number.
  public var takesTurns = false
  /// How far images follow their class: 1 as the network has learned it, more the further (Ho & Salimans
  /// 2022); see `Guidance`.
  public var guidance = 1.0
  /// What the network is evaluated in.
  public var precision = TrainingSettings.Precision.auto

  /// The usual settings: SDE-DPM-Solver++(2M) in 25 steps. The noise that it adds corrects what a network
  /// that has learnt for minutes or hours gets wrong, where deterministic samplers carry it on.
  public init() {}

  /// The sampler that these settings describe.
  package func makeSampler(_ schedule: NoiseSchedule) throws(DiffusionError) -> any Diffusion
    .Sampler
  {
    let plan = try TimestepPlan(
      spacing, steps: steps, of: schedule, aboveZero: sampler.solvesInLambda)
    switch sampler {
    case .ddpm:
      return AncestralSampler(schedule, variance: variance ?? .betaTilde, plan: plan)
    case .ddim: return try ImplicitSampler(schedule, plan: plan, eta: eta)
    case .dpmSolver2M: return DPMSolver2M(schedule, plan: plan)
    case .dpmSolver2S: return DPMSolver2S(schedule, plan: plan)
    case .dpmSolver3M: return DPMSolver3M(schedule, plan: plan)
    case .dpmSolver2MSDE: return DPMSolver2MSDE(schedule, plan: plan)
    case .uniPC: return UniPCSampler(schedule, plan: plan)
    case .euler: return try EulerSampler(schedule, plan: plan, churn: churn)
    case .eulerAncestral: return EulerAncestralSampler(schedule, plan: plan)
    case .heun: return try HeunSampler(schedule, plan: plan, churn: churn)
    }
  }

  /// Makes sure that a class is chosen where the network has to be told one, one that there is, and that
  /// images can be guided to it.
  func checkClass(of model: ModelConfiguration) throws(GenerationError) {
    let network = model.network
    let isChosen = classIndex != nil || takesTurns
    if guidance != 1 && (model.noClass == nil || !isChosen) {
      throw .setting(
        "guidance",
        cause: model.noClass == nil
          ? "the network does not know images of no class" : "needs --class, to guide to")
    }
    guard isChosen else {
      guard network.isClassConditional, model.noClass == nil else { return }
      throw .setting(
        "class",
        cause: "the network is told a class"
          + (model.classNames.map { ": \(Readable.list($0))" }
            ?? network.classCount.map { ": 0 to \($0 - 1)" } ?? ""))
    }
    guard network.isClassConditional else {
      throw .setting("class", cause: "the network is told no class")
    }
    guard let count = model.classCount else {
      if !takesTurns { return }
      throw .setting("class", cause: "the network does not know how many classes there are")
    }
    if let classIndex, !(0..<count).contains(classIndex) {
      throw .setting(
        "class",
        cause: "there is no class \(classIndex); there are "
          + (model.classNames.map(Readable.list) ?? "0 to \(count - 1)"))
    }
  }

  /// The classes of images by their indices; nil where none is chosen.
  func classes(of indices: [Int], _ model: ModelConfiguration) -> [Int]? {
    if takesTurns { return indices.map { $0 % (model.classCount ?? 1) } }
    return classIndex.map { [Int](repeating: $0, count: indices.count) }
  }
}
