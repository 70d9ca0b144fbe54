/// Ancestral sampling, DDPM (Ho et al. 2020, algorithm 2): each step draws from the posterior
/// q(x_s | x_t, x_0) at the predicted x_0, on all timesteps or on some of them.
package struct AncestralSampler: PlannedSampler {
  /// The variance of a reverse step, a constant of time (Ho et al. 2020, section 3.2).
  package enum Variance: String, Codable, Sendable, CaseIterable {
    /// beta, best for x_0 ~ N(0, I).
    case beta
    /// beta~, the posterior's, best for a single x_0.
    case betaTilde = "beta-tilde"
  }

  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The timesteps visited; each step leads to the next of them.
  package let plan: TimestepPlan
  /// The variance of the steps.
  package let variance: Variance

  /// A sampler on the timesteps of `plan`, by default on all.
  package init(_ schedule: NoiseSchedule, variance: Variance = .beta, plan: TimestepPlan? = nil) {
    self.schedule = schedule
    self.variance = variance
    self.plan = plan ?? TimestepPlan(all: schedule.timesteps)
  }

  /// The posterior's mean, and noise everywhere but on the way to the clean image.
  package func weights(_ i: Int) -> StepWeights {
    let posterior = Posterior(
      alphaBar: schedule.alphaBar(at: plan.timesteps[i]),
      alphaBarBefore: schedule.alphaBar(at: plan.targets[i]))
    let variance =
      switch variance {
      case .beta: posterior.beta
      case .betaTilde: posterior.variance
      }
    return StepWeights(
      x: [posterior.xt], x0: [posterior.x0], noise: plan.isLast(i) ? 0 : variance.squareRoot())
  }
}
