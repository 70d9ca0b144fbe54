import Diffusion
import Random
import Testing

@Suite struct SamplerTests {
  static let count = 20_000
  static let start = RandomStream(seed: 4, purpose: .initialNoise, index: 0).normals(count)

  /// DDPM, by default on all timesteps.
  private func ancestral(
    _ schedule: NoiseSchedule, _ variance: ReverseVariance, _ plan: TimestepPlan? = nil
  ) throws -> SamplingTable {
    try Sampler.ddpm.table(
      schedule, plan ?? TimestepPlan(all: schedule.timesteps), .init(variance: variance))
  }

  private func implicit(
    _ schedule: NoiseSchedule, steps: Int, eta: Double = 0
  ) throws -> SamplingTable {
    let plan = try TimestepPlan(.trailing, steps: steps, of: schedule)
      .descending(by: schedule.timesteps / steps)
    return try Sampler.ddim.table(schedule, plan, .init(eta: eta))
  }

  /// Samples exactly known data, from standard normal numbers at the schedule's end.
  private func samples(
    _ sampler: SamplingTable, of data: GaussianData, from start: [Float] = start,
    objective: Objective = .epsilon
  ) -> [Float] {
    sample(
      sampler, from: start, objective: objective, threshold: .none,
      network: { x, t in
        data.output(x, alphaBar: sampler.schedule.alphaBar(at: t), objective)
      },
      noise: streamNoise(seed: 8))
  }

  private func expectMoments(
    _ values: [Float], mean: Double, variance: Double, within tolerance: Double
  ) {
    let found = moments(values)
    #expect(abs(found.mean - mean) < tolerance)
    #expect(abs(found.variance.squareRoot() - variance.squareRoot()) < tolerance)
  }

  @Test(arguments: [ReverseVariance.beta, .betaTilde])
  func `ancestral sampling of Gaussian data gives their distribution`(
    variance: ReverseVariance
  ) throws {
    let data = GaussianData()
    let sampler = try ancestral(NoiseSchedule(), variance)
    let found = samples(sampler, of: data)
    // The true distribution: the reverse process's own variance comes near it with many steps.
    expectMoments(found, mean: 0.3, variance: 0.0625, within: 0.01)
    // And the process's own variance within the error of as many samples.
    let exact = data.exact(sampler).deviation
    expectMoments(
      found, mean: 0.3, variance: exact * exact, within: 5 * 0.25 / 20_000.0.squareRoot())
  }

  @Test func `beta is exact for standard normal data and beta~ for a single image`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 20, betaStart: 0.05, betaEnd: 0.5))
    let one = GaussianData(mean: 0.4, deviation: 0)
    // For N(0, I), E[x_0 | x_t] = sqrt(abar_t) x_t. The last step adds no noise; all others keep
    // the variance.
    let sampler = try ancestral(schedule, .beta)
    for i in 0..<19 {
      let step = sampler.rows[i]
      let gain = step.x[0] + step.x0[0] * schedule.alphaBar(at: sampler.timesteps[i]).squareRoot()
      #expect(abs(gain * gain + step.noise * step.noise - 1) < 1e-9)
    }
    let found = samples(try ancestral(schedule, .betaTilde), of: one)
    #expect(found.allSatisfy { abs($0 - 0.4) < 1e-5 })
  }

  @Test(arguments: [(1000, 0.0, 0.02), (1000, 1, 0.01), (100, 0.5, 0.03)])
  func `DDIM sampling of Gaussian data gives their distribution`(
    steps: Int, eta: Double, tolerance: Double
  ) throws {
    let data = GaussianData()
    let sampler = try implicit(NoiseSchedule(), steps: steps, eta: eta)
    let found = samples(sampler, of: data)
    expectMoments(found, mean: 0.3, variance: 0.0625, within: tolerance)
    let exact = data.exact(sampler)
    expectMoments(
      found, mean: exact.mean, variance: exact.deviation * exact.deviation, within: 0.01)
  }

  @Test func `DDIM with eta 1 on all timesteps is ancestral sampling with beta~`() throws {
    let schedule = try NoiseSchedule(.init(kind: .cosine, timesteps: 50))
    let implicit = try implicit(schedule, steps: 50, eta: 1)
    let ancestral = try ancestral(schedule, .betaTilde)
    #expect(implicit.timesteps == ancestral.timesteps)
    for i in 0..<50 {
      let (a, b) = (implicit.rows[i], ancestral.rows[i])
      #expect(abs(a.x[0] - b.x[0]) < 1e-9 && abs(a.x0[0] - b.x0[0]) < 1e-9)
      #expect(abs(a.noise - b.noise) < 1e-9)
    }
  }

  @Test(arguments: NoiseSchedule.Kind.computed, [1, 2, 3, 10])
  func `schedules of few timesteps can be sampled`(kind: NoiseSchedule.Kind, total: Int) throws {
    let configuration = NoiseSchedule.Configuration(kind: kind, timesteps: total)
    if configuration.reachesNoise && total == 1 { return }
    let schedule = try NoiseSchedule(configuration)
    // Where there is nothing but noise, noise tells nothing of the image.
    let objective = configuration.reachesNoise ? Objective.velocity : .epsilon
    let one = GaussianData(mean: 0.4, deviation: 0)
    let start = Array(Self.start.prefix(100))
    for (spacing, way) in TimestepSpacing.allCases.flatMap({ spacing in
      SamplerCase.all.map { (spacing, $0) }
    }) {
      for steps in 1...total {
        // The step to the clean image takes the prediction itself.
        let plan = try TimestepPlan(spacing, steps: steps, of: schedule)
        let found = samples(
          try way.on(plan, schedule), of: one, from: start, objective: objective)
        #expect(
          found.allSatisfy { abs($0 - 0.4) < 1e-3 }, "\(spacing), \(way.testDescription), \(steps)")
      }
    }
  }

  @Test(arguments: SamplerCase.all, Objective.allCases)
  func `what the network predicts makes no difference`(
    way: SamplerCase, objective: Objective
  ) throws {
    let schedule = try NoiseSchedule(.init(timesteps: 100))
    let data = GaussianData()
    let sampler = try way.on(TimestepPlan(.karras, steps: 12, of: schedule), schedule)
    let start = Array(Self.start.prefix(100))
    let found = sample(
      sampler, from: start, objective: objective, threshold: .none,
      network: { x, t in data.output(x, alphaBar: schedule.alphaBar(at: t), objective) },
      noise: streamNoise(seed: 8))
    for (value, reference) in zip(found, samples(sampler, of: data, from: start)) {
      #expect(abs(value - reference) < 1e-4)
    }
  }

  @Test(arguments: SamplerCase.all.filter { !$0.addsNoise })
  func `what is not random comes near the data with few steps, where they are Karras's`(
    way: SamplerCase
  ) throws {
    let schedule = try NoiseSchedule()
    let plan = try TimestepPlan(.karras, steps: 40, of: schedule)
    expectMoments(
      samples(try way.on(plan, schedule), of: GaussianData()), mean: 0.3, variance: 0.0625,
      within: [.ddim, .euler].contains(way.sampler) ? 0.04 : 0.01)
  }

  @Test func `an image can enter at the level of its own noise`() throws {
    let schedule = try NoiseSchedule()
    let data = GaussianData()
    let level = 50.0 / 255
    let scale = NoiseSchedule.signalScale(forNoiseLevel: level)
    let clean = RandomStream(seed: 5, purpose: .parameters, index: 0).normals(Self.count)
      .map { Float(data.mean + data.deviation * Double($0)) }
    let noisy = zip(clean, Self.start).map { Float(scale * (Double($0) + level * Double($1))) }
    let plan = TimestepPlan(
      from: schedule.timestep(forNoiseLevel: level), steps: schedule.timesteps)
    let denoised = samples(
      try ancestral(schedule, .beta, plan), of: data, from: noisy)
    // Draws from the posterior: distributed as the data, and nearer to the clean image than noise.
    expectMoments(denoised, mean: 0.3, variance: 0.0625, within: 0.01)
    let error = moments(zip(denoised, clean).map { $0 - $1 }).variance
    let posterior = 1 / (1 / 0.0625 + 1 / (level * level))
    #expect(abs(error - 2 * posterior) < 0.1 * posterior)
  }

  @Test func `the driver shows every step and clips the prediction`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 10))
    var seen: [(Int, Double, Float)] = []
    let end = try sample(
      ancestral(schedule, .beta), from: [0.5, -0.5], objective: .image,
      network: { x, _ in x.map { $0 * 100 } }, noise: { _, z in z = [0, 0] },
      observe: { seen.append(($0.index, $0.timestep, $0.x0[0])) })
    #expect(seen.map(\.0) == Array(0..<10))
    #expect(seen.map(\.1) == (0..<10).reversed().map(Double.init))
    #expect(seen.allSatisfy { abs($0.2) <= 1 })
    #expect(abs(end[0] - 1) < 1e-6 && abs(end[1] + 1) < 1e-6)
  }

  @Test func `what the network throws ends the run`() throws {
    struct Stop: Error, Equatable {}
    let sampler = try ancestral(NoiseSchedule(), .beta)
    #expect(throws: Stop()) {
      try sample(
        sampler, from: [0], network: { _, _ in throw Stop() }, noise: { _, _ in })
    }
  }

  @Test func `each step asks once for noise under its own key`() throws {
    let schedule = try NoiseSchedule()
    var keys: [NoiseKey] = []
    let sampler = try ancestral(schedule, .beta, TimestepPlan(from: 60.25, steps: 61))
    _ = sample(
      sampler, from: [0], network: { x, _ in x },
      noise: { key, _ in keys.append(key) })
    #expect(keys.count == sampler.timesteps.count - 1)
    #expect(keys.first == NoiseKey(timestep: 61) && Set(keys).count == keys.count)
  }

  @Test func `DDIM refuses steps and eta that make no sampler`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 10))
    #expect(throws: DiffusionError.steps(11, timesteps: 10)) {
      try implicit(schedule, steps: 11)
    }
    #expect(throws: DiffusionError.eta(1.5)) {
      try implicit(schedule, steps: 5, eta: 1.5)
    }
    #expect(
      "\(DiffusionError.steps(11, timesteps: 10))"
        == "`steps`: must be from 1 to 10 (the model's timesteps), got 11")
  }

  @Test(arguments: Sampler.allCases)
  func `the registry says what samplers do`(sampler: Sampler) throws {
    #expect(Sampler(rawValue: sampler.rawValue) == sampler)
    #expect(!sampler.title.isEmpty && !sampler.source.isEmpty)
    let schedule = try NoiseSchedule()
    let steps = 10
    let plan = try sampler.plan(.trailing, steps: steps, of: schedule)
    let table = try sampler.table(schedule, plan)
    let evaluations = sampler.evaluationsPerStep
    #expect(table.timesteps.count == steps * evaluations - (evaluations - 1))
    #expect(table.rows.count == table.timesteps.count)
    #expect(table.rows.contains { $0.noise > 0 } == sampler.isStochastic)
    // What it takes notice of changes the table, and nothing else does.
    let changes: [(Sampler.Option, SamplerOptions)] = [
      (.eta, .init(eta: 1)), (.churn, .init(churn: 5)), (.variance, .init(variance: .beta)),
      (.resampling, .init(resampling: Resampling(jumpLength: 3, count: 2))),
    ]
    for (option, options) in changes {
      let isOther = try sampler.table(schedule, plan, options) != table
      #expect(isOther == sampler.options.contains(option), "\(option)")
    }
  }

  @Test func `no two samplers have one name`() {
    #expect(Set(Sampler.allCases).count == Sampler.allCases.count)
    #expect(Sampler(rawValue: "DDIM") == nil)
  }
}
