extension Sampler {
  /// Heun's method for the probability flow ODE in the noise level sigma = sqrt((1 - abar) / abar), with
  /// Karras's churn (`HeunDiscreteScheduler` in diffusers, `sample_heun` in k-diffusion).
  ///
  /// With y = x / sqrt(abar), an Euler step to y', where the network is asked again, and the mean of
  /// both slopes for the whole step:
  ///
  ///     d = (y_s - x_0) / sigma_s,   y' = y_s + (sigma_t - sigma_s) d
  ///     y_t = y_s + (sigma_t - sigma_s) (d + (y' - x_0') / sigma_t) / 2
  ///
  /// The step to the clean image is Euler's: N steps ask the network 2 N - 1 times. One from noise
  /// alone, where sigma is infinite, is Euler's with the second answer in place of the first. A long
  /// one, as the cosine schedule's from sigma 20,000 to 16, is Euler's with the mean of both answers: what these differ by
  /// would count (sigma_s / sigma_t - 1) / 2 times by the mean of the slopes.
  /// Order of convergence: 2.
  public static let heun = Sampler(
    "heun", "Heun", source: "Karras et al. 2022, algorithm 2", evaluationsPerStep: 2,
    options: [.churn]
  ) { steps, options in
    let churn = Churn(options.churn, steps)
    var timesteps: [Double] = []
    var rows: [StepWeights] = []
    for i in 0..<steps.count {
      let (s, t) = (churn.level(i), steps[i].to)
      let line = StepWeights(from: s, to: t)
      timesteps.append(churn.timesteps[i])
      rows.append(line)
      if steps.isLast(i) { continue }
      timesteps.append(steps.plan.targets[i])
      rows.append(churn.ending(secondHalf(s, t, line), after: i))
    }
    return SamplingTable(schedule: steps.schedule, timesteps: timesteps, rows: rows)
  }

  /// How many times as much noise there is at the start of a step as at its end, up to which slopes are averaged: between levels
  /// at which there is more noise than image, and to lower ones, where diffusers' images come from steps of 36 times.
  private static let (mostRatio, mostRatioToImages) = (8.0, 40.0)

  /// What replaces the Euler step `line` once the network has been asked at its end.
  private static func secondHalf(_ s: Level, _ t: Level, _ line: StepWeights) -> StepWeights {
    let (from, to) = (s.relativeNoise, t.relativeNoise)
    // The line again, with the second answer in place of the first.
    guard from.isFinite else { return StepWeights(x: [0] + line.x, x0: line.x0) }
    if from > (to > 1 ? mostRatio : mostRatioToImages) * to {
      return StepWeights(x: [0] + line.x, x0: line.x0.flatMap { [$0 / 2, $0 / 2] })
    }
    let half = (to - from) / 2
    return StepWeights(
      x: [half / to, t.signal / s.signal * (1 + half / from)],
      x0: [-t.signal * half / to, -t.signal * half / from])
  }
}
