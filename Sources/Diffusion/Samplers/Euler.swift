extension Sampler {
  /// Euler's method for the probability flow ODE in the noise level sigma = sqrt((1 - abar) / abar), with
  /// Karras's churn (`EulerDiscreteScheduler` in diffusers, `sample_euler` in k-diffusion).
  ///
  /// With y = x / sqrt(abar), the image with noise of standard deviation sigma added to it:
  ///
  ///     y_t = y_s + (sigma_t - sigma_s) (y_s - x_0) / sigma_s
  ///
  /// Without churn that is DDIM with eta 0. Order of convergence: 1.
  public static let euler = Sampler(
    "euler", "Euler", source: "Karras et al. 2022, algorithm 2 without lines 9 to 11",
    options: [.churn]
  ) { steps, options in
    let churn = Churn(options.churn, steps)
    return SamplingTable(
      schedule: steps.schedule, timesteps: churn.timesteps,
      rows: (0..<steps.count).map { i in
        // The line to the next level, and noise from there up.
        churn.ending(StepWeights(from: churn.level(i), to: steps[i].to), after: i)
      })
  }

  /// Euler's method down to less noise than wanted, and noise up again, as `sample_euler_ancestral` in
  /// k-diffusion and `EulerAncestralDiscreteScheduler` in diffusers. With y = x / sqrt(abar):
  ///
  ///     sigma_up^2 = sigma_t^2 (sigma_s^2 - sigma_t^2) / sigma_s^2
  ///     sigma_down^2 = sigma_t^2 - sigma_up^2
  ///     y_t = y_s + (sigma_down - sigma_s) (y_s - x_0) / sigma_s + sigma_up z
  ///
  /// These are the steps of ancestral sampling with the variance beta~ on the same timesteps, and of
  /// DDIM with eta 1, under another name.
  public static let eulerAncestral = Sampler(
    "euler-ancestral", "Euler ancestral", source: "k-diffusion", isStochastic: true
  ) { steps, _ in
    steps.table { i in
      let (s, t) = steps[i]
      // sigma_t / sigma_s, which is 0 where there is nothing but noise; sigma_down / sigma_s is its square.
      let ratio = t.relativeNoise / s.relativeNoise
      return StepWeights(
        x: [t.noise / s.noise * ratio], x0: [t.signal * (1 - ratio * ratio)],
        noise: t.noise * max(0, 1 - ratio * ratio).squareRoot())
    }
  }
}
