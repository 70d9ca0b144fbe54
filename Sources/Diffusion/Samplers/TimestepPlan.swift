/// Which timesteps of a schedule a sampler visits.
package enum TimestepSpacing: String, Codable, Sendable, CaseIterable {
  /// 0, k, 2 k, …: starts below the schedule's last timestep.
  case leading
  /// …, T - 1 - k, T - 1: starts at the last timestep (Lin et al. 2024, table 2).
  case trailing
  /// From 0 to T - 1, both included.
  case linspace
}

/// The timesteps at which a sampler asks the network, and where each of its steps leads.
///
/// Timesteps are real so that an image can enter at the level of its own noise; -1 is the clean
/// image.
package struct TimestepPlan: Sendable, Equatable {
  /// Where the network is evaluated, largest first.
  package let timesteps: [Double]
  /// Where the step from each of them leads.
  package let targets: [Double]

  /// Visits `timesteps`, each step leading to the next of them and the last to the clean image.
  package init(_ timesteps: [Double]) {
    self.timesteps = timesteps
    targets = timesteps.dropFirst() + [-1]
  }

  /// Visits all timesteps of a schedule of `total`.
  package init(all total: Int) { self.init((0..<total).reversed().map(Double.init)) }

  /// Visits `steps` of `total` timesteps, rounded to whole ones as diffusers does (steps_offset 0).
  package init(_ spacing: TimestepSpacing, steps: Int, of total: Int) throws(DiffusionError) {
    guard (1...total).contains(steps) else { throw .steps(steps, timesteps: total) }
    let increasing: [Double]
    switch spacing {
    case .leading:
      increasing = (0..<steps).map { Double($0 * (total / steps)) }
    case .trailing:
      // As numpy.arange(T, 0, -T / steps) rounds, which decides where a timestep lies half way.
      let last = Double(total)
      let step = (last - last / Double(steps)) - last
      increasing = (0..<steps).reversed().map {
        (last + Double($0) * step).rounded(.toNearestOrEven) - 1
      }
    case .linspace:
      let step = Double(total - 1) / Double(max(steps - 1, 1))
      increasing = (0..<steps).map { (Double($0) * step).rounded(.toNearestOrEven) }
    }
    self.init(increasing.reversed())
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

  private init(timesteps: [Double], targets: [Double]) {
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
}
