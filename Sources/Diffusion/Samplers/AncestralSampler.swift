/// Ancestral sampling, DDPM (Ho et al. 2020, algorithm 2): each step draws from the posterior
/// q(x_s | x_t, x_0) at the predicted x_0, on all timesteps or on some of them.
package struct AncestralSampler: PlannedSampler {
  /// The variance of a reverse step: a constant of time (Ho et al. 2020, section 3.2), or what the
  /// network gives for each element in the second half of its channels.
  package enum Variance: String, Codable, Sendable {
    /// beta, best for x_0 ~ N(0, I).
    case beta
    /// beta~, the posterior's, best for a single x_0.
    case betaTilde = "beta-tilde"
    /// Between both, as the network says (Nichol & Dhariwal 2021, eq. 15; diffusers' `learned_range`).
    case learned
    /// The network's number itself, which nothing holds within bounds (diffusers' `learned`).
    case learnedDirectly = "learned-directly"

    /// Whether the network has twice the channels of the image.
    package var isLearned: Bool { self == .learned || self == .learnedDirectly }
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

  /// The posterior's mean, and noise everywhere but on the way to the clean image; where the variance is
  /// learned, `deviations` scales the noise.
  package func weights(_ i: Int) -> StepWeights {
    let posterior = posterior(i)
    let variance =
      switch variance {
      case .beta: posterior.beta
      case .betaTilde: posterior.variance
      case .learned, .learnedDirectly: 1.0
      }
    return StepWeights(
      x: [posterior.xt], x0: [posterior.x0], noise: plan.isLast(i) ? 0 : variance.squareRoot())
  }

  /// sigma of each element, from what the network gave beside its prediction.
  package func deviations(_ i: Int, from output: ArraySlice<Float>) -> [Float]? {
    guard variance.isLearned, !plan.isLast(i) else { return nil }
    let posterior = posterior(i)
    return output.map { v in
      let variance = variance == .learned ? posterior.variance(between: Double(v)) : Double(v)
      return Float(max(0, variance).squareRoot())
    }
  }

  private func posterior(_ i: Int) -> Posterior {
    Posterior(
      alphaBar: schedule.alphaBar(at: plan.timesteps[i]),
      alphaBarBefore: schedule.alphaBar(at: plan.targets[i]))
  }
}
