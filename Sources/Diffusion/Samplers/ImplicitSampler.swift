/// Denoising diffusion implicit models, DDIM (Song et al. 2021): few steps, with none of the noise
/// of ancestral sampling (eta 0) up to all of it (eta 1). Order of convergence without noise: 1.
package struct ImplicitSampler: PlannedSampler {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The timesteps visited and where the steps lead.
  package let plan: TimestepPlan
  /// How much noise a step adds, from 0 to 1.
  package let eta: Double
  /// Whether eps follows from the x_0 that a threshold has changed; false takes what the network says,
  /// whatever becomes of x_0. Without a threshold both are the same.
  package let usesClippedOutput: Bool

  /// A sampler with `steps` timesteps and strides as diffusers' `DDIMScheduler` has them, with
  /// `set_alpha_to_one`. Throws `DiffusionError` for steps or eta that make no sampler.
  package init(
    _ schedule: NoiseSchedule, steps: Int, spacing: TimestepSpacing = .trailing, eta: Double = 0
  ) throws(DiffusionError) {
    let plan = try TimestepPlan(spacing, steps: steps, of: schedule)
    try self.init(schedule, plan: plan.descending(by: schedule.timesteps / steps), eta: eta)
  }

  /// A sampler on the timesteps of `plan`.
  package init(
    _ schedule: NoiseSchedule, plan: TimestepPlan, eta: Double = 0, usesClippedOutput: Bool = true
  ) throws(DiffusionError) {
    guard (0...1).contains(eta) else { throw .eta(eta) }
    self.schedule = schedule
    self.plan = plan
    self.eta = eta
    self.usesClippedOutput = usesClippedOutput
  }

  /// x_s = sqrt(abar_s) x_0 + sqrt(1 - abar_s - sigma^2) eps + sigma z (eq. 12), where
  /// sigma = eta sqrt((1 - abar_s) / (1 - abar_t)) sqrt(1 - abar_t / abar_s) (eq. 16) and
  /// eps = (x_t - sqrt(abar_t) x_0) / sqrt(1 - abar_t) follows from the predicted x_0.
  ///
  /// Where x_0 is held within [-1, 1], eps is thus the one that belongs to it, as in guided-diffusion and
  /// in diffusers with `use_clipped_model_output`; or the network's own, as in diffusers without.
  package func weights(_ i: Int) -> StepWeights {
    let alphaBar = schedule.alphaBar(at: plan.timesteps[i])
    let alphaBarAfter = schedule.alphaBar(at: plan.targets[i])
    let sigma =
      eta * ((1 - alphaBarAfter) / (1 - alphaBar) * (1 - alphaBar / alphaBarAfter)).squareRoot()
    let direction = max(0, 1 - alphaBarAfter - sigma * sigma).squareRoot()
    let x = direction / (1 - alphaBar).squareRoot()
    let epsilon = -x * alphaBar.squareRoot()
    return StepWeights(
      x: [x], x0: [alphaBarAfter.squareRoot() + (usesClippedOutput ? epsilon : 0)],
      unclipped: usesClippedOutput ? 0 : epsilon, noise: sigma)
  }
}
