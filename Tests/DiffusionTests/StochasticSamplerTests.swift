import Diffusion
import Random
import Testing

/// Whether samplers that add noise give the right distribution: images of two pixels that depend on
/// each other, by a network that is right.
@Suite struct StochasticSamplerTests {
  private static let pair = GaussianPair(
    mean: (0.3, -0.2), covariance: (0.0625, 0.04, 0.03))
  private static let images = 20_000

  @Test(arguments: [
    (Sampler.ddpm, 0.0, 1000), (.eulerAncestral, 0, 1000), (.dpmSolver2MSDE, 0, 200),
    (.dpmSolver3MSDE, 0, 200), (.euler, 10, 1000), (.heun, 40, 200),
  ])
  func `mean and covariance agree with the data's within five standard errors`(
    sampler: Sampler, churn: Double, steps: Int
  ) throws {
    let schedule = try NoiseSchedule()
    let plan = try TimestepPlan(.karras, steps: steps, of: schedule)
    let start = RandomStream(seed: 3, purpose: .initialNoise, index: 0).normals(2 * Self.images)
    let values = try sample(
      sampler.table(schedule, plan, .init(churn: churn)), from: start, threshold: .none,
      network: { x, t in Self.pair.epsilon(x, alphaBar: schedule.alphaBar(at: t)) },
      noise: streamNoise(seed: 9))

    let first = stride(from: 0, to: values.count, by: 2).map { values[$0] }
    let second = stride(from: 1, to: values.count, by: 2).map { values[$0] }
    let count = Double(Self.images)
    let (a, b) = (moments(first), moments(second))
    let together =
      zip(first, second).reduce(0) { $0 + (Double($1.0) - a.mean) * (Double($1.1) - b.mean) }
      / count
    let (s, u, c) = Self.pair.covariance
    #expect(abs(a.mean - Self.pair.mean.0) < 5 * (s / count).squareRoot())
    #expect(abs(b.mean - Self.pair.mean.1) < 5 * (u / count).squareRoot())
    #expect(abs(a.variance - s) < 5 * s * (2 / count).squareRoot())
    #expect(abs(b.variance - u) < 5 * u * (2 / count).squareRoot())
    #expect(abs(together - c) < 5 * ((s * u + c * c) / count).squareRoot())
  }

  /// Errors of the deviation, relative to it, at 50 and 100 steps.
  @Test(arguments: [0.5, 0.25])
  func `the SDE's solver of third order is nearer than that of second`(deviation: Double) throws {
    let (data, schedule) = (GaussianData(deviation: deviation), try NoiseSchedule())
    func errors(_ sampler: Sampler) throws -> [Double] {
      try [50, 100].map { steps in
        let table = try sampler.table(
          schedule, sampler.plan(.karras, steps: steps, of: schedule))
        return abs(data.exact(table).deviation / deviation - 1)
      }
    }
    let (second, third) = (try errors(.dpmSolver2MSDE), try errors(.dpmSolver3MSDE))
    #expect(second[1] < second[0] / 3, "\(second)")
    #expect(zip(third, second).allSatisfy { $0 < $1 / 5 }, "\(third), \(second)")
  }

  @Test func `each step of a run has noise of its own`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 10))
    // More levels than timesteps between the last two: their timesteps round to the same.
    let plan = TimestepPlan([9, 5, 0.9, 0.6, 0.3])
    var keys: [NoiseKey] = []
    _ = try sample(
      Sampler.eulerAncestral.table(schedule, plan), from: [0], network: { x, _ in x },
      noise: { key, _ in keys.append(key) })
    #expect(
      keys == [
        NoiseKey(timestep: 9), NoiseKey(timestep: 5), NoiseKey(timestep: 1),
        NoiseKey(timestep: 1, repetition: 1),
      ])
  }

  @Test func `Euler's ancestral steps are those of DDPM with beta~`() throws {
    let schedule = try NoiseSchedule(.init(kind: .cosine))
    let plan = try TimestepPlan(.trailing, steps: 20, of: schedule)
    let (a, b) = (
      try Sampler.eulerAncestral.table(schedule, plan), try Sampler.ddpm.table(schedule, plan)
    )
    for i in 0..<20 { expectEqual(a.rows[i], b.rows[i]) }
  }

  @Test func `Euler's steps without churn are those of DDIM without noise`() throws {
    let schedule = try NoiseSchedule(.init(kind: .cosine))
    let plan = try TimestepPlan(.karras, steps: 20, of: schedule)
    let (a, b) = (
      try Sampler.euler.table(schedule, plan), try Sampler.ddim.table(schedule, plan)
    )
    for i in 0..<20 { expectEqual(a.rows[i], b.rows[i]) }
  }

  private func expectEqual(_ a: StepWeights, _ b: StepWeights) {
    #expect(abs(a.x[0] - b.x[0]) < 1e-9 && abs(a.x0[0] - b.x0[0]) < 1e-9)
    #expect(abs(a.noise - b.noise) < 1e-9)
  }

  @Test func `churn asks the network where the noise has been added`() throws {
    let schedule = try NoiseSchedule()
    let plan = try TimestepPlan(.trailing, steps: 10, of: schedule)
    let sampler = try Sampler.heun.table(schedule, plan, .init(churn: 2))
    #expect(sampler.timesteps.count == 19)
    #expect(sampler.timesteps[0] == 999)
    for step in 1..<10 {
      let level = schedule.noiseLevel(at: plan.timesteps[step])
      #expect(sampler.timesteps[2 * step - 1] == plan.timesteps[step])
      let raised = schedule.noiseLevel(at: sampler.timesteps[2 * step])
      #expect(abs(raised / level - 1.2) < 1e-9)
      // Noise is added after the step of Heun's, not between its two evaluations.
      #expect(sampler.rows[2 * step - 1].noise > 0 && sampler.rows[2 * step].noise == 0)
    }
    #expect(throws: DiffusionError.churn(-1)) {
      try Sampler.euler.table(schedule, plan, .init(churn: -1))
    }
  }
}
