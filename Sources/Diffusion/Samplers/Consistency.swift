#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Sampler {
  /// Multistep consistency sampling, for networks that give the image of a way at once (`stipple distill`): the
  /// prediction of x_0, then noise up to the next level, and so on.
  ///
  ///     x ← sqrt(abar_s) x_0 + sqrt(1 - abar_s) (sqrt(1 - eta^2) eps + eta z)
  ///
  /// where eps = (x_t - sqrt(abar_t) x_0) / sqrt(1 - abar_t) follows from x_0 and z is new noise. With eta 1, as usual, it is
  /// Song's and that of `CMStochasticIterativeScheduler` in diffusers: exact for a network that is. After a short tuning some
  /// networks draw better pictures, others worse, where a part of the noise that they came from is kept (BENCHMARKS.md).
  ///
  /// Its levels are evenly spaced in sigma^(1/5), from sigma 80 or what the last timestep has down to a 32nd of that:
  /// once a network has drawn what is where, the last step gives it the details anew. One step is one prediction.
  public static let consistency = Sampler(
    "consistency", "Consistency sampling", source: "Song et al. 2023, algorithm 1",
    options: [.eta], usualEta: 1, timesteps: consistencyTimesteps
  ) { steps, options in
    let kept = max(0, 1 - options.eta * options.eta).squareRoot()
    return steps.table { i in
      let (from, to) = (steps[i].from, steps[i].to)
      let x = kept * to.noise / from.noise
      return StepWeights(
        x: [x], x0: [to.signal - x * from.signal], noise: options.eta * to.noise)
    }
  }

  /// 1 / 5 is this.
  package static let consistencyExponent = 5.0

  /// sigma_i = sigma_max (1 - i / (2 (N - 1)))^5 with sigma_max at most 80, that of `NoiseSchedule.Kind.edm`: levels
  /// above are hardly drawn in tuning.
  @Sendable private static func consistencyTimesteps(
    _ steps: Int, of schedule: NoiseSchedule
  ) -> [Double] {
    let last = Double(schedule.timesteps - 1)
    let largest = min(schedule.noiseLevel(at: last), NoiseSchedule.edmLevels.upperBound)
    var timesteps = [schedule.timestep(forNoiseLevel: largest)]
    for i in 1..<max(steps, 1) {
      let share = 1 - Double(i) / Double(2 * (steps - 1))
      let t = schedule.timestep(forNoiseLevel: largest * pow(share, consistencyExponent))
      // A schedule of few timesteps may have no room.
      timesteps.append(min(t, timesteps[i - 1]))
    }
    return timesteps
  }
}
