extension Sampler {
  /// DPM-Solver++(2M), the multistep solver of second order for predictions of x_0
  /// (`DPMSolverMultistepScheduler` in diffusers, `sample_dpmpp_2m` in k-diffusion).
  ///
  /// With alpha = sqrt(abar), sigma = sqrt(1 - abar), lambda = log(alpha / sigma), h and h_0 what lambda
  /// rises by in this step and in the one before:
  ///
  ///     D = (1 + h / (2 h_0)) x0_i - h / (2 h_0) x0_{i-1}
  ///     x ← sigma_t / sigma_s x_i - alpha_t (exp(-h) - 1) D
  ///
  /// The first step and the one to the clean image are of first order, D = x0_i, as in diffusers with
  /// `final_sigmas_type` zero. Order of convergence: 2.
  public static let dpmSolver2M = Sampler(
    "dpm++2m", "DPM-Solver++(2M)", source: "Lu et al. 2022, algorithm 2", isAboveZero: true
  ) { steps, _ in steps.table(steps.secondOrder) }

  /// SDE-DPM-Solver++(2M), the multistep solver of the reverse SDE for predictions of x_0
  /// (`sde-dpmsolver++` in diffusers, `sample_dpmpp_2m_sde` in k-diffusion).
  ///
  /// With the symbols of `dpmSolver2M`:
  ///
  ///     x ← sigma_t / sigma_s exp(-h) x_i + alpha_t (1 - exp(-2 h)) D + sigma_t sqrt(1 - exp(-2 h)) z
  public static let dpmSolver2MSDE = Sampler(
    "dpm++2m-sde", "SDE-DPM-Solver++(2M)",
    source: "Lu et al. 2022, fast solvers for diffusion SDEs", isStochastic: true,
    isAboveZero: true
  ) { steps, _ in steps.table(steps.secondOrderSDE) }
}

extension SamplerSteps {
  /// The line to the next level, with the prediction carried on.
  func secondOrder(_ i: Int) -> StepWeights {
    let line = StepWeights(from: self[i].from, to: self[i].to)
    return StepWeights(x: line.x, x0: carriedOn(line.x0[0], at: i))
  }

  /// The step of the SDE, with the prediction carried on.
  func secondOrderSDE(_ i: Int) -> StepWeights {
    let (s, t) = self[i]
    // exp(-h), which is 0 on the way to the clean image.
    let decay = t.relativeNoise / s.relativeNoise
    return StepWeights(
      x: [t.noise / s.noise * decay],
      x0: carriedOn(t.signal * (1 - decay * decay), at: i),
      noise: t.noise * (1 - decay * decay).squareRoot())
  }
}
