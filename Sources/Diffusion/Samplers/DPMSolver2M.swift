/// DPM-Solver++(2M), the multistep solver of second order for predictions of x_0 (Lu et al. 2022b,
/// algorithm 2; `DPMSolverMultistepScheduler` in diffusers, `sample_dpmpp_2m` in k-diffusion).
///
/// With alpha = sqrt(abar), sigma = sqrt(1 - abar), lambda = log(alpha / sigma), h and h_0 what lambda
/// rises by in this step and in the one before:
///
///     D = (1 + h / (2 h_0)) x0_i - h / (2 h_0) x0_{i-1}
///     x ← sigma_t / sigma_s x_i - alpha_t (exp(-h) - 1) D
///
/// The first step and the one to the clean image are of first order, D = x0_i, as in diffusers with
/// `final_sigmas_type` zero. Order of convergence: 2.
package struct DPMSolver2M: PlannedSampler {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The timesteps visited and where the steps lead.
  package let plan: TimestepPlan

  /// A sampler on the timesteps of `plan`.
  package init(_ schedule: NoiseSchedule, plan: TimestepPlan) {
    self.schedule = schedule
    self.plan = plan
  }

  /// The line to the next level, with the prediction carried on.
  package func weights(_ i: Int) -> StepWeights {
    let (s, t) = plan.levels(i, of: schedule)
    let line = StepWeights(from: s, to: t)
    return StepWeights(x: line.x, x0: carriedOn(line.x0[0], at: i))
  }
}
