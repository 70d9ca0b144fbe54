/// Euler's method for the probability flow ODE in the noise level sigma = sqrt((1 - abar) / abar), with
/// Karras's churn (Karras et al. 2022, algorithm 2 without lines 9 to 11; `EulerDiscreteScheduler` in
/// diffusers, `sample_euler` in k-diffusion).
///
/// With y = x / sqrt(abar), the image with noise of standard deviation sigma added to it:
///
///     y_t = y_s + (sigma_t - sigma_s) (y_s - x_0) / sigma_s
///
/// Without churn that is DDIM with eta 0. Order of convergence: 1.
package struct EulerSampler: Sampler {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  private let churn: Churn
  private let plan: TimestepPlan

  /// A sampler on the timesteps of `plan`. Throws `DiffusionError` for a churn that there is not.
  package init(
    _ schedule: NoiseSchedule, plan: TimestepPlan, churn: Double = 0
  ) throws(DiffusionError) {
    self.schedule = schedule
    self.plan = plan
    self.churn = try Churn(churn, plan, schedule)
  }

  /// The timesteps at which the network is asked.
  package var timesteps: [Double] { churn.timesteps }

  /// The line to the next level, and noise from there up.
  package func weights(_ i: Int) -> StepWeights {
    let target = schedule.level(at: plan.targets[i])
    let step = StepWeights(from: schedule.level(at: timesteps[i]), to: target)
    guard let raised = churn.level(after: i) else { return step }
    return step.raised(from: target, to: raised)
  }
}
