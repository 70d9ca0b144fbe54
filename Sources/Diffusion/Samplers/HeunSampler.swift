/// Heun's method for the probability flow ODE in the noise level sigma = sqrt((1 - abar) / abar), with
/// Karras's churn (Karras et al. 2022, algorithm 2; `HeunDiscreteScheduler` in diffusers,
/// `sample_heun` in k-diffusion).
///
/// With y = x / sqrt(abar), an Euler step to y', where the network is asked again, and the mean of
/// both slopes for the whole step:
///
///     d = (y_s - x_0) / sigma_s,   y' = y_s + (sigma_t - sigma_s) d
///     y_t = y_s + (sigma_t - sigma_s) (d + (y' - x_0') / sigma_t) / 2
///
/// The step to the clean image is Euler's: N steps ask the network 2 N - 1 times. One from noise
/// alone, where sigma is infinite, is Euler's with the second answer in place of the first.
/// Order of convergence: 2.
package struct HeunSampler: Sampler {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The timesteps at which the network is asked: twice a step.
  package let timesteps: [Double]
  private let churn: Churn
  private let plan: TimestepPlan

  /// A sampler on the timesteps of `plan`. Throws `DiffusionError` for a churn that there is not.
  package init(
    _ schedule: NoiseSchedule, plan: TimestepPlan, churn: Double = 0
  ) throws(DiffusionError) {
    self.schedule = schedule
    self.plan = plan
    let churn = try Churn(churn, plan, schedule)
    self.churn = churn
    timesteps = plan.timesteps.indices.flatMap { step in
      plan.isLast(step)
        ? [churn.timesteps[step]] : [churn.timesteps[step], plan.targets[step]]
    }
  }

  /// The Euler step at even evaluations, what replaces it at odd ones.
  package func weights(_ i: Int) -> StepWeights {
    let step = i / 2
    let s = schedule.level(at: churn.timesteps[step])
    let t = schedule.level(at: plan.targets[step])
    if i.isMultiple(of: 2) { return StepWeights(from: s, to: t) }
    let (from, to) = (s.relativeNoise, t.relativeNoise)
    // The line again, with the second answer in place of the first.
    guard from.isFinite else {
      let line = StepWeights(from: s, to: t)
      return ending(StepWeights(x: [0] + line.x, x0: line.x0), at: t, step)
    }
    let half = (to - from) / 2
    let mean = StepWeights(
      x: [half / to, t.signal / s.signal * (1 + half / from)],
      x0: [-t.signal * half / to, -t.signal * half / from])
    return ending(mean, at: t, step)
  }

  /// What ends step `step`: noise up from level `t` where there is churn.
  private func ending(_ weights: StepWeights, at t: Level, _ step: Int) -> StepWeights {
    guard let raised = churn.level(after: step) else { return weights }
    return weights.raised(from: t, to: raised)
  }
}
