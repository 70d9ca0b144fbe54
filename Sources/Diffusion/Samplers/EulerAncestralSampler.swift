/// Euler's method down to less noise than wanted, and noise up again, as `sample_euler_ancestral` in
/// k-diffusion and `EulerAncestralDiscreteScheduler` in diffusers. With y = x / sqrt(abar):
///
///     sigma_up^2 = sigma_t^2 (sigma_s^2 - sigma_t^2) / sigma_s^2
///     sigma_down^2 = sigma_t^2 - sigma_up^2
///     y_t = y_s + (sigma_down - sigma_s) (y_s - x_0) / sigma_s + sigma_up z
///
/// These are the steps of ancestral sampling with the variance beta~ on the same timesteps, and of
/// DDIM with eta 1, under another name.
package struct EulerAncestralSampler: PlannedSampler {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The timesteps visited and where the steps lead.
  package let plan: TimestepPlan

  /// A sampler on the timesteps of `plan`.
  package init(_ schedule: NoiseSchedule, plan: TimestepPlan) {
    self.schedule = schedule
    self.plan = plan
  }

  /// The line to the lower level, and noise.
  package func weights(_ i: Int) -> StepWeights {
    let (s, t) = plan.levels(i, of: schedule)
    // sigma_t / sigma_s, which is 0 where there is nothing but noise; sigma_down / sigma_s is its square.
    let ratio = t.relativeNoise / s.relativeNoise
    return StepWeights(
      x: [t.noise / s.noise * ratio], x0: [t.signal * (1 - ratio * ratio)],
      noise: t.noise * max(0, 1 - ratio * ratio).squareRoot())
  }
}
