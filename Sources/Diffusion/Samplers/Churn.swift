/// Noise put back before a step, which lets errors of earlier ones fade (Karras et al. 2022,
/// algorithm 2, lines 4 to 6, with S_tmin 0, S_tmax infinite and S_noise 1):
///
///     gamma = min(S_churn / N, sqrt(2) - 1),   sigma^ = (1 + gamma) sigma
///
/// The first step, which starts from nothing but noise, adds none; nor does one that would leave the
/// schedule. Where the network is asked is the level with the noise added.
struct Churn: Sendable {
  /// The timesteps of the plan, raised.
  let timesteps: [Double]
  private let schedule: NoiseSchedule
  private let isRaised: [Bool]

  init(
    _ churn: Double, _ plan: TimestepPlan, _ schedule: NoiseSchedule
  ) throws(DiffusionError) {
    guard churn >= 0, churn.isFinite else { throw .churn(churn) }
    self.schedule = schedule
    let gamma = min(churn / Double(plan.timesteps.count), 2.0.squareRoot() - 1)
    let largest = schedule.noiseLevel(at: Double(schedule.timesteps - 1))
    let raised = plan.timesteps.enumerated().map { i, t in
      let level = schedule.noiseLevel(at: t) * (1 + gamma)
      return i == 0 || gamma == 0 || level > largest ? t : schedule.timestep(forNoiseLevel: level)
    }
    timesteps = raised
    isRaised = zip(raised, plan.timesteps).map { $0 != $1 }
  }

  /// The level that noise raises the images to after step `i`; nil where it adds none.
  func level(after i: Int) -> Level? {
    guard i + 1 < timesteps.count, isRaised[i + 1] else { return nil }
    return schedule.level(at: timesteps[i + 1])
  }
}
