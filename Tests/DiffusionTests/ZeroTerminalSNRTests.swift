import Diffusion
import Random
import Testing

/// Schedules that diffusers and lucidrains' repositories have beside those of `schedules.h5`, and such as
/// end in nothing but noise. The numbers are theirs, with T = 6 and all in double precision:
/// `DDPMScheduler(num_train_timesteps=6, …).betas`, and `sigmoid_beta_schedule(6)`.
@Suite struct ZeroTerminalSNRTests {
  static let published: [(NoiseSchedule.Configuration, [Double])] = [
    (
      .init(kind: .sigmoidBeta, timesteps: 6),
      [
        0.00014920520081703202, 0.0006292801721796307, 0.0047063568083695485,
        0.015393643191630453, 0.01947071982782037, 0.01995079479918297,
      ]
    ),
    (
      .init(kind: .sigmoid, timesteps: 6),
      [
        0.07929866577714506, 0.17967803361259216, 0.3379864315840285, 0.5105430578904047,
        0.6759728631680563, 0.999,
      ]
    ),
    (
      .init(timesteps: 6, endsInNoise: true),
      [
        0.00010000000000021103, 0.13206571083824115, 0.2686759462386862, 0.4408068665031841,
        0.6936361708374474, 1,
      ]
    ),
    (
      .init(kind: .sigmoidBeta, timesteps: 6, endsInNoise: true),
      [
        0.00014920520081695976, 0.020951098797096335, 0.15296577572230485, 0.4861722744068917,
        0.7463247490687375, 1,
      ]
    ),
    (
      .init(kind: .scaledLinear, timesteps: 6, endsInNoise: true),
      [
        9.999999999998899e-05, 0.056232409894388824, 0.16698606984802544, 0.34829467501051325,
        0.6397666700511122, 1,
      ]
    ),
  ]

  @Test(arguments: published.indices)
  func `schedules agree with the published code to 1e-12`(index: Int) throws {
    let (configuration, betas) = Self.published[index]
    let schedule = try NoiseSchedule(configuration)
    #expect(zip(schedule.beta, betas).allSatisfy { abs($0 - $1) < 1e-12 })
    if configuration.endsInNoise { #expect(schedule.alphaBar.last == 0) }
  }

  @Test func `listed variances are the schedule's, and have to make sense`() throws {
    #expect(try NoiseSchedule(.init(betas: [0.1, 0.5, 0.2])).beta == [0.1, 0.5, 0.2])
    #expect(throws: DiffusionError.listedBeta(1, timestep: 1)) {
      try NoiseSchedule(.init(betas: [0.1, 1]))
    }
    #expect(throws: DiffusionError.listedCount(0, timesteps: 10)) {
      try NoiseSchedule(.init(kind: .listed, timesteps: 10))
    }
    #expect(throws: DiffusionError.oneTimestepOfNoise) {
      try NoiseSchedule(.init(timesteps: 1, endsInNoise: true))
    }
  }

  @Test func `levels between the last timesteps are finite and fall`() throws {
    let schedule = try NoiseSchedule(.init(endsInNoise: true))
    let levels = [997, 998, 998.5, 998.999].map { schedule.noiseLevel(at: $0) }
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 && $1.isFinite })
    for t in [0, 500.25, 998, 998.5] {
      let level = schedule.noiseLevel(at: t)
      #expect(abs(schedule.timestep(forNoiseLevel: level) - t) < 1e-6)
    }
    #expect(schedule.timestep(forNoiseLevel: 1e9) == 999)
    #expect(schedule.alphaBar(at: 999) == 0)
  }

  @Test(arguments: SamplerCase.all, TimestepSpacing.allCases)
  func `every sampler comes from noise alone to the distribution of the data`(
    way: SamplerCase, spacing: TimestepSpacing
  ) throws {
    let data = GaussianData()
    let start = Array(SamplerTests.start.prefix(5000))
    for objective in [Objective.velocity, .image] {
      let schedule = try NoiseSchedule(.init(kind: .cosine, timesteps: 200, endsInNoise: true))
      let plan = try TimestepPlan(spacing, steps: 200, of: schedule)
      let found = sample(
        try way.on(plan, schedule), from: start, objective: objective, threshold: .none,
        network: { x, t in data.output(x, alphaBar: schedule.alphaBar(at: t), objective) },
        noise: streamNoise(seed: 8))
      let own = moments(found)
      #expect(abs(own.mean - 0.3) < 0.03, "\(own)")
      // Large steps with the variance beta add too much noise.
      let tolerance = way.options.variance == .beta ? 0.06 : 0.03
      #expect(abs(own.variance.squareRoot() - 0.25) < tolerance, "\(own)")
    }
  }
}
