/// The way of RePaint (Lugmayr et al. 2022, algorithm 1 and section 4.2), on which the drawn part of an
/// image comes to suit its `KnownPart`: ancestral sampling that goes back up by some of its steps, with
/// noise added, and down again, several times over.
///
/// From level t the forward process leads to a noisier level s in one go (Ho et al. 2020, eq. 4):
///
///     x_s = sqrt(abar_s / abar_t) x_t + sqrt(1 - abar_s / abar_t) z
///
/// so that a step down and the way back up are one weighted sum, and the network is asked on the way down
/// alone.
package struct RepaintSampler: PlannedSampler {
  private let ancestral: AncestralSampler

  /// A sampler on the timesteps of `plan`.
  ///
  /// - Parameters:
  ///   - jumpLength: steps of the plan that a way back up goes over, at least 1.
  ///   - resamplings: how many times each part of the plan is gone down in all, at least 1; 1 for no way
  ///     back up.
  package init(
    _ schedule: NoiseSchedule, variance: AncestralSampler.Variance, plan: TimestepPlan,
    jumpLength: Int, resamplings: Int
  ) {
    ancestral = AncestralSampler(
      schedule, variance: variance, plan: plan.resampled(resamplings, jumpLength: jumpLength))
  }

  /// The schedule that the network was trained with.
  package var schedule: NoiseSchedule { ancestral.schedule }
  /// The timesteps visited; a step is followed by a way back up where it leads below the next of them.
  package var plan: TimestepPlan { ancestral.plan }

  /// The ancestral step, and noise up to where the network is asked next.
  package func weights(_ i: Int) -> StepWeights {
    let step = ancestral.weights(i)
    guard let (t, s) = rise(after: i) else { return step }
    var raised = step.raised(from: t, to: s)
    // What the noise weighs is then in the deviations.
    if ancestral.variance.isLearned { raised.noise = 1 }
    return raised
  }

  /// The deviation of each element where the variance is learned, the way back up included.
  package func deviations(_ i: Int, from output: ArraySlice<Float>) -> [Float]? {
    let deviations = ancestral.deviations(i, from: output)
    guard let (t, s) = rise(after: i) else { return deviations }
    let (scale, added) = t.rise(to: s)
    return deviations?.map {
      let sigma = scale * Double($0)
      return Float((sigma * sigma + added * added).squareRoot())
    }
  }

  /// The levels between which step `i` is followed by a way back up.
  private func rise(after i: Int) -> (from: Level, to: Level)? {
    guard i + 1 < plan.timesteps.count, plan.timesteps[i + 1] > plan.targets[i] else { return nil }
    return (schedule.level(at: plan.targets[i]), schedule.level(at: plan.timesteps[i + 1]))
  }
}

extension TimestepPlan {
  /// The plan with ways back up: where it comes to a timestep that is a multiple of `jumpLength` steps
  /// above the last, it goes up by as many steps, until it has gone down from there `count` times.
  ///
  /// Where the ways begin and end is as in the authors' `get_schedule_jump`, with what they call
  /// `jump_length` and `jump_n_sample`.
  func resampled(_ count: Int, jumpLength: Int) -> TimestepPlan {
    precondition(count >= 1 && jumpLength >= 1, "a jump goes somewhere")
    let last = timesteps.count - 1
    var jumps: [Int: Int] = [:]
    for level in stride(from: 0, to: last + 1 - jumpLength, by: jumpLength) {
      jumps[level] = count - 1
    }
    var visited: [Double] = []
    var ends: [Double] = []
    // Levels are counted from the least noisy one.
    var level = last
    while level >= 0 {
      visited.append(timesteps[last - level])
      ends.append(targets[last - level])
      level -= 1
      if let left = jumps[level], left > 0 {
        jumps[level] = left - 1
        level += jumpLength
      }
    }
    return TimestepPlan(timesteps: visited, targets: ends)
  }
}
