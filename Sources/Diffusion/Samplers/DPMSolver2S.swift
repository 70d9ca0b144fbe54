extension Sampler {
  /// DPM-Solver++(2S), the single-step solver of second order for predictions of x_0
  /// (`DPMSolverSinglestepScheduler` in diffusers).
  ///
  /// A step of second order goes over two of the plan's timesteps, so that as many timesteps are as many
  /// evaluations of the network. From x_s with the prediction x0_s a line leads to the middle, where the
  /// prediction is x0_m; then, with h what lambda rises by from s to t and h_m from s to the middle:
  ///
  ///     D = x0_s + h / (2 h_m) (x0_m - x0_s)
  ///     x ← sigma_t / sigma_s x_s - alpha_t (exp(-h) - 1) D
  ///
  /// A step that is left over, and the one to the clean image, are of first order, as in diffusers; so are
  /// both halves of one that comes from noise alone, where h is infinite. Order of convergence: 2.
  public static let dpmSolver2S = Sampler(
    "dpm++2s", "DPM-Solver++(2S)", source: "Lu et al. 2022, algorithm 1", isAboveZero: true
  ) { steps, _ in
    // The line to the middle at even evaluations; from where that began to the end at odd ones.
    steps.table { i in
      let (middle, t) = steps[i]
      if i.isMultiple(of: 2) || steps.isLast(i) { return StepWeights(from: middle, to: t) }
      let s = steps[i - 1].from
      if s.signal == 0 { return StepWeights(from: middle, to: t) }
      let line = StepWeights(from: s, to: t)
      let share = (t.lambda - s.lambda) / (2 * (middle.lambda - s.lambda))
      return StepWeights(
        x: [0, line.x[0]], x0: [line.x0[0] * share, line.x0[0] * (1 - share)])
    }
  }
}
