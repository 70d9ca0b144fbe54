#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Sampler {
  /// UniPC of order 2 with B(h) = exp(h) - 1, for predictions of x_0 (`UniPCMultistepScheduler` with
  /// `solver_order` 2 and `bh2` in diffusers).
  ///
  /// The predictor is DPM-Solver++(2M). Once the network has answered for what it gave, x_i, the
  /// corrector replaces the sum D that led there by one with the new prediction, at no cost of the
  /// network's. With h and h_0 what lambda rose by in the step that led to x_i and in the one before,
  /// and r = -h_0 / h:
  ///
  ///     D_c = x0_{i-1} + rho_1 (x0_{i-2} - x0_{i-1}) / r + rho_2 (x0_i - x0_{i-1})
  ///     rho_1 + rho_2 = b_1,   r rho_1 + rho_2 = b_2
  ///     b_1 = (phi - 1) / g,   b_2 = 2 ((phi - 1) / -h - 1/2) / g,   g = exp(-h) - 1,   phi = g / -h
  ///
  /// and the next step leads from x_i - alpha_i g (D_c - D). After a step of first order D_c is the mean
  /// of x0_{i-1} and x0_i. The first step and the one to the clean image are of first order, as in
  /// diffusers with `lower_order_final`. Order of convergence: 3.
  public static let uniPC = Sampler(
    "unipc", "UniPC", source: "Zhao et al. 2023, algorithms 5 to 8", isAboveZero: true
  ) { steps, _ in
    // The corrector of the step before, and the predictor of this one.
    steps.table { i in
      var step = steps.secondOrder(i)
      guard i > 0 else { return step }
      let changes = correction(steps, i)
      step.x0 += [Double](repeating: 0, count: max(0, changes.count - step.x0.count))
      for j in changes.indices { step.x0[j] += step.x[0] * changes[j] }
      return step
    }
  }

  /// What x0_i, x0_{i-1} and x0_{i-2} weigh in the correction of x_i.
  private static func correction(_ steps: SamplerSteps, _ i: Int) -> [Double] {
    let predicted = steps.secondOrder(i - 1).x0
    let (s, t) = steps[i - 1]
    // -alpha_i g
    let scale = StepWeights(from: s, to: t).x0[0]
    guard predicted.count > 1 else {
      return [scale / 2, scale / 2 - predicted[0]]
    }
    let before = steps[i - 2].from
    let h = t.lambda - s.lambda
    let r = (before.lambda - s.lambda) / h
    let g = expm1(-h)
    let phi = g / -h
    let b1 = (phi - 1) / g
    let b2 = 2 * ((phi - 1) / -h - 0.5) / g
    let rho1 = (b1 - b2) / (1 - r)
    let rho2 = b1 - rho1
    return [
      scale * rho2,
      scale * (1 - rho1 / r - rho2) - predicted[0],
      scale * rho1 / r - predicted[1],
    ]
  }
}
