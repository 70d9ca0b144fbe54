extension Sampler {
  /// Ancestral sampling, DDPM: each step draws from the posterior q(x_s | x_t, x_0) at the predicted x_0, on
  /// all timesteps or on some of them.
  ///
  /// With `resampling` on the way of RePaint (Lugmayr et al. 2022, algorithm 1 and section 4.2), on which the
  /// drawn part of an image comes to suit its `KnownPart`: some of the steps are gone back up, with noise
  /// added, and down again, several times over. From level t the forward process leads to a noisier level s
  /// in one go (Ho et al. 2020, eq. 4):
  ///
  ///     x_s = sqrt(abar_s / abar_t) x_t + sqrt(1 - abar_s / abar_t) z
  ///
  /// so that a step down and the way back up are one row, and the network is asked on the way down alone.
  public static let ddpm = Sampler(
    "ddpm", "DDPM ancestral sampling", source: "Ho et al. 2020, algorithm 2", isStochastic: true,
    options: [.variance, .resampling], takesAllTimesteps: true
  ) { steps, options in
    let way = options.resampling.map { SamplerSteps(steps.schedule, steps.plan.resampled($0)) }
    let steps = way ?? steps
    return steps.table { i in
      let step = posteriorStep(steps, i, options.variance)
      // Where it leads below the next timestep, the way goes back up.
      guard i + 1 < steps.count, steps.plan.timesteps[i + 1] > steps.plan.targets[i] else {
        return step
      }
      return step.raised(from: steps[i].to, to: steps[i + 1].from)
    }
  }

  /// The posterior's mean, and noise everywhere but on the way to the clean image.
  private static func posteriorStep(
    _ steps: SamplerSteps, _ i: Int, _ variance: ReverseVariance
  ) -> StepWeights {
    let (s, t) = steps[i]
    let posterior = Posterior(alphaBar: s.alphaBar, alphaBarBefore: t.alphaBar)
    var step = StepWeights(x: [posterior.xt], x0: [posterior.x0])
    if steps.isLast(i) { return step }
    switch variance {
    case .beta: step.noise = posterior.beta.squareRoot()
    case .betaTilde: step.noise = posterior.variance.squareRoot()
    case .learned, .learnedDirectly:
      step.noise = 1
      step.learned = LearnedDeviation(posterior, isDirect: variance == .learnedDirectly)
    }
    return step
  }
}

/// sigma of each element, from what the network gave beside its prediction.
package struct LearnedDeviation: Sendable, Equatable {
  private let posterior: Posterior
  private let isDirect: Bool
  /// What a way back up does to it: scales it, and adds noise of this deviation.
  private var (scale, added) = (1.0, 0.0)

  init(_ posterior: Posterior, isDirect: Bool) {
    self.posterior = posterior
    self.isDirect = isDirect
  }

  func raised(by scale: Double, _ added: Double) -> LearnedDeviation {
    var raised = self
    (raised.scale, raised.added) = (scale, added)
    return raised
  }

  /// The deviation of an element of which the network says `v`.
  func callAsFunction(_ v: Float) -> Float {
    let variance = isDirect ? Double(v) : posterior.variance(between: Double(v))
    let sigma = scale * Double(Float(max(0, variance).squareRoot()))
    return Float((sigma * sigma + added * added).squareRoot())
  }
}
