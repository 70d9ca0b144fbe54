/// A sampler that asks the network once at each timestep of a plan.
package protocol PlannedSampler: Sampler {
  /// The timesteps visited and where the steps lead.
  var plan: TimestepPlan { get }
}

extension PlannedSampler {
  /// The timesteps at which the network is asked.
  package var timesteps: [Double] { plan.timesteps }

  /// What x0_i and x0_{i-1} weigh in D, the prediction carried on along lambda (Lu et al. 2022b,
  /// algorithm 2), where D weighs `weight`; x0_i alone in the first step and the one to the clean image.
  func carriedOn(_ weight: Double, at i: Int) -> [Double] {
    guard i > 0, !plan.isLast(i) else { return [weight] }
    let (s, t) = plan.levels(i, of: schedule)
    let before = schedule.level(at: plan.timesteps[i - 1])
    let share = (t.lambda - s.lambda) / (2 * (s.lambda - before.lambda))
    return [weight * (1 + share), -weight * share]
  }
}
