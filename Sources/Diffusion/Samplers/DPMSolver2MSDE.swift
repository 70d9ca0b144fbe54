/// SDE-DPM-Solver++(2M), the multistep solver of the reverse SDE for predictions of x_0 (Lu et al.
/// 2022b, section "fast solvers for diffusion SDEs"; `sde-dpmsolver++` in diffusers,
/// `sample_dpmpp_2m_sde` in k-diffusion).
///
/// With alpha = sqrt(abar), sigma = sqrt(1 - abar), lambda = log(alpha / sigma), h and h_0 what lambda
/// rises by in this step and in the one before:
///
///     D = (1 + h / (2 h_0)) x0_i - h / (2 h_0) x0_{i-1}
///     x ← sigma_t / sigma_s exp(-h) x_i + alpha_t (1 - exp(-2 h)) D + sigma_t sqrt(1 - exp(-2 h)) z
///
/// The first step and the one to the clean image are of first order, D = x0_i.
package struct DPMSolver2MSDE: PlannedSampler {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The timesteps visited and where the steps lead.
  package let plan: TimestepPlan

  /// A sampler on the timesteps of `plan`.
  package init(_ schedule: NoiseSchedule, plan: TimestepPlan) {
    self.schedule = schedule
    self.plan = plan
  }

  /// The step of the SDE with the prediction carried on.
  package func weights(_ i: Int) -> StepWeights {
    let (s, t) = plan.levels(i, of: schedule)
    // exp(-h), which is 0 on the way to the clean image.
    let decay = t.relativeNoise / s.relativeNoise
    return StepWeights(
      x: [t.noise / s.noise * decay],
      x0: carriedOn(t.signal * (1 - decay * decay), at: i),
      noise: t.noise * (1 - decay * decay).squareRoot())
  }
}
