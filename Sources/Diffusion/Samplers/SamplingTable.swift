/// A sampler on a schedule and timesteps, worked out: where the network is asked, and what is made of its
/// answers.
///
/// Samplers work on predictions of x_0, so that they do not depend on what the network was trained
/// to predict. Whatever its order, a sampler's next images are a weighted sum of images and
/// predictions that there were, and of fresh noise: so each is a table of numbers, with no state that
/// a run would have to keep.
package struct SamplingTable: Sendable, Equatable {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The timesteps at which the network is asked, in this order.
  package let timesteps: [Double]
  /// What leads from each of them to the next, and from the last to the image.
  package let rows: [StepWeights]
}

/// The steps of a plan, between levels of a schedule, as samplers' formulas see them.
struct SamplerSteps: Sendable {
  let schedule: NoiseSchedule
  let plan: TimestepPlan
  private let levels: [(from: Level, to: Level)]

  init(_ schedule: NoiseSchedule, _ plan: TimestepPlan) {
    self.schedule = schedule
    self.plan = plan
    levels = zip(plan.timesteps, plan.targets).map {
      (schedule.level(at: $0), schedule.level(at: $1))
    }
  }

  var count: Int { levels.count }

  /// The levels that step `i` leads between.
  subscript(i: Int) -> (from: Level, to: Level) { levels[i] }

  /// Whether step `i` leads to the clean image.
  func isLast(_ i: Int) -> Bool { plan.targets[i] == -1 }

  /// The table of a sampler with one network function evaluation at each timestep of the plan.
  func table(_ row: (Int) -> StepWeights) -> SamplingTable {
    SamplingTable(
      schedule: schedule, timesteps: plan.timesteps, rows: levels.indices.map(row))
  }

  /// What x0_i and x0_{i-1} weigh in D, the prediction carried on along lambda (Lu et al. 2022b,
  /// algorithm 2), where D weighs `weight`; x0_i alone in the first step and the one to the clean image.
  func carriedOn(_ weight: Double, at i: Int) -> [Double] {
    guard i > 0, !isLast(i) else { return [weight] }
    let (s, t) = self[i]
    let share = (t.lambda - s.lambda) / (2 * (s.lambda - self[i - 1].from.lambda))
    return [weight * (1 + share), -weight * share]
  }
}
