#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Sampler {
  /// DPM-Solver++(3M), the multistep solver of third order for predictions of x_0
  /// (`DPMSolverMultistepScheduler` with `solver_order` 3 in diffusers).
  ///
  /// x_0 as a function of lambda is continued as the parabola through the last three predictions, and the
  /// ODE solved for it. With h, h_0 and h_1 what lambda rises by in this step and the two before, and
  /// r_0 = h_0 / h, r_1 = h_1 / h:
  ///
  ///     D_10 = (x0_i - x0_{i-1}) / r_0,   D_11 = (x0_{i-1} - x0_{i-2}) / r_1
  ///     D_2 = (D_10 - D_11) / (r_0 + r_1),   D_1 = D_10 + r_0 D_2
  ///     x ← sigma_t / sigma_s x_i + alpha_t (phi_1 x0_i + phi_2 D_1 + 2 phi_3 D_2)
  ///     phi_1 = 1 - exp(-h),   phi_2 = 1 - phi_1 / h,   phi_3 = 1/2 - phi_2 / h
  ///
  /// D_2 is half the second derivative times h^2, hence the 2: the authors' code, diffusers and k-diffusion
  /// leave it out, and then the order is 2. The first two steps and the one to the clean image are
  /// of lower order, as in diffusers; so is the last but one of fewer than 15 steps. Order of convergence: 3.
  public static let dpmSolver3M = Sampler(
    "dpm++3m", "DPM-Solver++(3M)", source: "Lu et al. 2022, proposition 4.1 with n = 3",
    isAboveZero: true
  ) { steps, _ in
    steps.table { i in
      var step = steps.secondOrder(i)
      if steps.hasThirdOrder(i) { step.x0 = steps.parabola(at: i) }
      return step
    }
  }

  /// SDE-DPM-Solver++(3M), the multistep solver of the reverse SDE of third order for predictions of x_0
  /// (`sample_dpmpp_3m_sde` in k-diffusion, but for the 2).
  ///
  /// The steps of `dpmSolver2MSDE`, with x_0 continued as in `dpmSolver3M`; there phi_1, phi_2 and phi_3 are
  /// those of 2 h. It wants about 50 steps: with few it carries the prediction on too far.
  public static let dpmSolver3MSDE = Sampler(
    "dpm++3m-sde", "SDE-DPM-Solver++(3M)", source: "Lu et al. 2022, proposition 4.1 for the SDE",
    isStochastic: true, isAboveZero: true
  ) { steps, _ in
    steps.table { i in
      var step = steps.secondOrderSDE(i)
      if steps.hasThirdOrder(i) { step.x0 = steps.parabola(at: i, rate: 2) }
      return step
    }
  }
}

extension SamplerSteps {
  /// Whether two steps lie before, and none of lower order is wanted.
  fileprivate func hasThirdOrder(_ i: Int) -> Bool {
    let endsSoon = count < 15 && i == count - 2 && isLast(count - 1)
    return i > 1 && !isLast(i) && !endsSoon
  }

  /// What x0_i, x0_{i-1} and x0_{i-2} weigh, where phi_1, phi_2 and phi_3 are those of `rate` h.
  fileprivate func parabola(at i: Int, rate: Double = 1) -> [Double] {
    let (s, t) = self[i]
    let before = self[i - 1].from.lambda
    let first = self[i - 2].from.lambda
    let h = t.lambda - s.lambda
    let (r0, r1) = ((s.lambda - before) / h, (before - first) / h)
    let phi1 = -expm1(-rate * h)
    let phi2 = 1 - phi1 / (rate * h)
    let phi3 = 0.5 - phi2 / (rate * h)
    // What the differences D_10 and D_11 weigh.
    let curve = 2 * phi3 + r0 * phi2
    let d10 = t.signal * (phi2 + curve / (r0 + r1)) / r0
    let d11 = t.signal * -(curve / (r0 + r1)) / r1
    return [t.signal * phi1 + d10, d11 - d10, -d11]
  }
}
