/// The timesteps at which a sampler evaluates the network, and where each of its steps leads.
///
/// Timesteps are real so that an image can enter at the level of its own noise; -1 is the clean
/// image.
package struct TimestepPlan: Sendable, Equatable {
  /// Where the network is evaluated, largest first.
  package let timesteps: [Double]
  /// Where the step from each of them leads.
  package let targets: [Double]

  /// Visits `timesteps`, each step leading to the next of them and the last to the clean image, or to
  /// another `end`.
  package init(_ timesteps: [Double], end: Double = -1) {
    self.timesteps = timesteps
    targets = timesteps.dropFirst() + [end]
  }

  /// Visits all timesteps of a schedule of `total`.
  package init(all total: Int) { self.init((0..<total).reversed().map(Double.init)) }

  /// Visits `steps` timesteps of a schedule.
  ///
  /// - Parameter aboveZero: whether `leading` and `linspace` leave out timestep 0, as diffusers'
  ///   DPM-Solvers and UniPC do.
  package init(
    _ spacing: TimestepSpacing, steps: Int, of schedule: NoiseSchedule, aboveZero: Bool = false
  ) throws(DiffusionError) {
    try Self.check(steps: steps, of: schedule)
    self.init(spacing.timesteps(steps, of: schedule, aboveZero: aboveZero))
  }

  /// Makes sure that a schedule has as many timesteps as there are to be steps.
  static func check(steps: Int, of schedule: NoiseSchedule) throws(DiffusionError) {
    guard (1...schedule.timesteps).contains(steps) else {
      throw .steps(steps, timesteps: schedule.timesteps)
    }
  }

  /// Visits about `steps` evenly spaced timesteps from `start` down, `start` itself first and whole
  /// ones after it: fewer where there are fewer whole ones below.
  package init(from start: Double, steps: Int) {
    precondition(start >= 0 && steps >= 1, "a plan starts within the schedule and has a step")
    var timesteps = [start]
    for i in 1..<max(steps, 1) {
      let t = ((start + 1) * Double(steps - i) / Double(steps) - 1).rounded()
      if t >= 0, let last = timesteps.last, t < last { timesteps.append(t) }
    }
    self.init(timesteps)
  }

  init(timesteps: [Double], targets: [Double]) {
    self.timesteps = timesteps
    self.targets = targets
  }

  /// The plan with every step going down by the same whole number `stride` of timesteps, as
  /// diffusers' DDIM steps do: where the stride does not divide the spacing, a step ends beside the
  /// next timestep. What would be below 0 is the clean image.
  package func descending(by stride: Int) -> TimestepPlan {
    let targets = timesteps.map { max($0 - Double(stride), -1) }
    return TimestepPlan(timesteps: timesteps, targets: targets)
  }

  /// The last steps alone: `share` of all, above 0 and at most 1, rounded down. That is where diffusers'
  /// image-to-image pipelines enter with `strength`. Where it is less than one step, that step begins as
  /// far up a schedule of `total` timesteps as was asked, but not below the first, and not above the plan's last.
  package func last(_ share: Double, of total: Int) -> TimestepPlan {
    let count = min(Int(Double(timesteps.count) * share), timesteps.count)
    if count < 1, let last = timesteps.last, let target = targets.last {
      let start = min(max(Double(total) * share - 1, 0), last)
      return TimestepPlan(timesteps: [start], targets: [target])
    }
    return TimestepPlan(
      timesteps: Array(timesteps.suffix(count)), targets: Array(targets.suffix(count)))
  }
}
