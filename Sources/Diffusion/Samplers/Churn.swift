/// Noise put back before a step, which lets errors of earlier ones fade (Karras et al. 2022,
/// algorithm 2, lines 4 to 6, with S_tmin 0, S_tmax infinite and S_noise 1):
///
///     gamma = min(S_churn / N, sqrt(2) - 1),   sigma^ = (1 + gamma) sigma
///
/// The first step, which starts from nothing but noise, adds none; nor does one that would leave the
/// schedule. Where the network is asked is the level with the noise added.
struct Churn {
  /// The timesteps of the plan, raised.
  let timesteps: [Double]
  private let steps: SamplerSteps

  init(_ churn: Double, _ steps: SamplerSteps) {
    self.steps = steps
    let schedule = steps.schedule
    let gamma = min(churn / Double(steps.count), 2.0.squareRoot() - 1)
    let largest = schedule.noiseLevel(at: Double(schedule.timesteps - 1))
    timesteps = steps.plan.timesteps.enumerated().map { i, t in
      let level = schedule.noiseLevel(at: t) * (1 + gamma)
      return i == 0 || gamma == 0 || level > largest ? t : schedule.timestep(forNoiseLevel: level)
    }
  }

  /// The level at which step `i` begins.
  func level(_ i: Int) -> Level { steps.schedule.level(at: timesteps[i]) }

  /// What ends step `i`: noise up to where the next begins, if that is raised.
  func ending(_ step: StepWeights, after i: Int) -> StepWeights {
    guard i + 1 < timesteps.count, timesteps[i + 1] != steps.plan.timesteps[i + 1] else {
      return step
    }
    return step.raised(from: steps[i].to, to: level(i + 1))
  }
}
