/// A way from noise to images: a formula that makes a schedule, timesteps and options into a table of
/// coefficients, and what is to be known of it.
///
/// To add one, write it into a file of its own as those beside this one, and name it in `allCases`: help,
/// errors, provenance and the tests of all samplers read it from there.
public struct Sampler: Sendable, RawRepresentable, Hashable, CaseIterable, Codable {
  /// Every sampler of networks that denoise, by which the program offers it.
  public static let allCases: [Sampler] = [
    .ddpm, .ddim, .dpmSolver2M, .dpmSolver2S, .dpmSolver3M, .dpmSolver2MSDE, .dpmSolver3MSDE,
    .uniPC, .euler, .eulerAncestral, .heun,
  ]
  /// Those of networks that were distilled; with others they do not come to images.
  public static let ofDistilled: [Sampler] = [.consistency]

  /// What only some samplers take notice of.
  public enum Option: Sendable {
    /// How much noise is added in place of what the network has found.
    case eta
    /// Whether that is what belongs to an x_0 that a threshold has changed.
    case clippedOutput
    /// How much noise is put back before each step.
    case churn
    /// The variance of the reverse steps.
    case variance
    /// Ways back up.
    case resampling
  }

  /// Its name in settings, such as `dpm++2m`.
  public let rawValue: String
  /// Its name in publications.
  public let title: String
  /// Where its formula is from: a paper with the equation or algorithm.
  public let source: String
  /// The paper alone.
  public var paper: Substring { source.prefix { $0 != "," } }
  /// Network function evaluations for a step: 2 where the last step takes one less.
  public let evaluationsPerStep: Int
  /// Whether steps add noise; one that takes `eta` or `churn` adds some where these are not 0.
  public let isStochastic: Bool
  /// What it takes notice of.
  public let options: Set<Option>
  /// The usual `eta` of a sampler that takes one.
  public let usualEta: Double
  /// Whether it usually visits all timesteps.
  public let takesAllTimesteps: Bool
  /// Whether `leading` and `linspace` spacings leave out timestep 0, as diffusers' DPM-Solvers and UniPC
  /// do, which go along the logarithm of the signal-to-noise ratio.
  let isAboveZero: Bool
  private let ownTimesteps: (@Sendable (_ steps: Int, _ schedule: NoiseSchedule) -> [Double])?
  private let formula: @Sendable (SamplerSteps, SamplerOptions) -> SamplingTable

  init(
    _ name: String, _ title: String, source: String, evaluationsPerStep: Int = 1,
    isStochastic: Bool = false, options: Set<Option> = [], usualEta: Double = 0,
    takesAllTimesteps: Bool = false, isAboveZero: Bool = false,
    timesteps: (@Sendable (_ steps: Int, _ schedule: NoiseSchedule) -> [Double])? = nil,
    formula: @escaping @Sendable (SamplerSteps, SamplerOptions) -> SamplingTable
  ) {
    rawValue = name
    self.title = title
    self.source = source
    self.evaluationsPerStep = evaluationsPerStep
    self.isStochastic = isStochastic
    self.options = options
    self.usualEta = usualEta
    self.takesAllTimesteps = takesAllTimesteps
    self.isAboveZero = isAboveZero
    ownTimesteps = timesteps
    self.formula = formula
  }

  /// The sampler of a name.
  public init?(rawValue: String) {
    guard let sampler = (Self.allCases + Self.ofDistilled).first(where: { $0.rawValue == rawValue })
    else { return nil }
    self = sampler
  }

  /// The table of coefficients on the timesteps of `plan`. Throws `DiffusionError` for options out of range.
  package func table(
    _ schedule: NoiseSchedule, _ plan: TimestepPlan, _ given: SamplerOptions = SamplerOptions()
  ) throws(DiffusionError) -> SamplingTable {
    if options.contains(.eta), !(0...1).contains(given.eta) { throw .eta(given.eta) }
    if options.contains(.churn), !(given.churn >= 0 && given.churn.isFinite) {
      throw .churn(given.churn)
    }
    return formula(SamplerSteps(schedule, plan), given)
  }

  /// Whether it has timesteps of its own, and knows no spacing.
  public var hasOwnTimesteps: Bool { ownTimesteps != nil }

  /// A plan of `steps` timesteps, spaced as this sampler has them.
  package func plan(
    _ spacing: TimestepSpacing, steps: Int, of schedule: NoiseSchedule
  ) throws(DiffusionError) -> TimestepPlan {
    guard let ownTimesteps else {
      return try TimestepPlan(spacing, steps: steps, of: schedule, aboveZero: isAboveZero)
    }
    try TimestepPlan.check(steps: steps, of: schedule)
    return TimestepPlan(ownTimesteps(steps, schedule))
  }

  /// Whether both have one name.
  public static func == (a: Sampler, b: Sampler) -> Bool { a.rawValue == b.rawValue }
  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension Sampler: CustomStringConvertible {
  /// The name in settings.
  public var description: String { rawValue }
}
