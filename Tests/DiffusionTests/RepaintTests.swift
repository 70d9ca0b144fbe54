import Diffusion
import Random
import Testing

/// Drawing a part of images whose rest is given, and ways back up.
@Suite struct RepaintTests {
  /// The timesteps that a plan goes through, on its ways up one by one.
  private func path(_ plan: TimestepPlan) -> [Int] {
    var path: [Int] = []
    for (i, t) in plan.timesteps.enumerated() {
      if let last = path.last { path += (last + 1)..<max(last + 1, Int(t) + 1) }
      if path.isEmpty { path = [Int(t)] }
      path.append(Int(plan.targets[i]))
    }
    return path
  }

  /// What `get_schedule_jump(t_T, n_sample=1, jump_length, jump_n_sample)` of the authors' repository
  /// gives.
  static let authorsSchedules = [
    (
      7, 2, 3,
      [
        6, 5, 4, 5, 6, 5, 4, 5, 6, 5, 4, 3, 2, 3, 4, 3, 2, 3, 4, 3, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0,
        -1,
      ]
    ),
    (5, 1, 2, [4, 3, 4, 3, 2, 3, 2, 1, 2, 1, 0, 1, 0, -1]),
    (4, 3, 2, [3, 2, 1, 0, 1, 2, 3, 2, 1, 0, -1]),
    (3, 3, 5, [2, 1, 0, -1]),
    (4, 2, 1, [3, 2, 1, 0, -1]),
  ]

  @Test(arguments: authorsSchedules)
  func `the ways up and down are the authors'`(
    steps: Int, jumpLength: Int, resamplings: Int, expected: [Int]
  ) throws {
    let resampling = Resampling(jumpLength: jumpLength, count: resamplings)
    let plan = TimestepPlan(all: steps).resampled(resampling)
    #expect(path(plan) == expected)
    let schedule = try NoiseSchedule(.init(timesteps: steps))
    let table = try Sampler.ddpm.table(
      schedule, TimestepPlan(all: steps), .init(resampling: resampling))
    #expect(table.timesteps == plan.timesteps)
  }

  @Test func `what starts from an image goes the last of the steps`() throws {
    let plan = try TimestepPlan(.trailing, steps: 25, of: NoiseSchedule())
    // As StableDiffusionImg2ImgPipeline.get_timesteps counts: int(25 strength).
    for (strength, count) in [(1, 25), (0.6, 15), (0.5, 12), (0.04, 1), (0.079, 1)] {
      let rest = plan.last(strength, of: 1000)
      #expect(rest.timesteps == plan.timesteps.suffix(count))
      #expect(rest.targets == plan.targets.suffix(count))
    }
  }

  @Test(
    arguments: [(0.02, 19.0), (0.0395, 38.5), (0.001, 0), (0.0001, 0)], TimestepSpacing.allCases)
  func `less than a step begins as far up as was asked`(
    strength: (share: Double, start: Double), spacing: TimestepSpacing
  ) throws {
    let plan = try TimestepPlan(spacing, steps: 25, of: NoiseSchedule())
    let rest = plan.last(strength.share, of: 1000)
    #expect(rest.timesteps.count == 1 && rest.targets == [-1])
    // Less strength begins no further up than a whole step: spacings that end at 0 began at 28 and 0.
    let last = try #require(plan.timesteps.last)
    #expect(abs(rest.timesteps[0] - min(strength.start, last)) < 1e-9)
  }

  /// Images of two pixels that depend on each other, the first of which is given.
  private enum Pair {
    /// A correlation of 0.9.
    static let both = GaussianPair(mean: (0.2, -0.3), covariance: (0.25, 0.16, 0.18))
    static let given = 0.8

    /// The mean and the variance of the second pixel, given the first.
    static let conditional = (
      mean: both.mean.1 + both.covariance.2 / both.covariance.0 * (given - both.mean.0),
      variance: both.covariance.1 - both.covariance.2 * both.covariance.2 / both.covariance.0
    )

    /// The moments of the second pixel of `count` images, drawn with the first one known.
    static func drawn(
      steps: Int, jumpLength: Int, resamplings: Int, count: Int
    ) throws -> (mean: Double, variance: Double) {
      let schedule = try NoiseSchedule()
      let table = try Sampler.ddpm.table(
        schedule, TimestepPlan(.trailing, steps: steps, of: schedule),
        .init(resampling: Resampling(jumpLength: jumpLength, count: resamplings)))
      let x0 = [Float](repeating: Float(given), count: 2 * count)
      let values = sample(
        table, from: RandomStream(seed: 3, purpose: .initialNoise, index: 0).normals(2 * count),
        threshold: .none, known: KnownPart(x0: x0, isKnown: (0..<(2 * count)).map { $0 % 2 == 0 }),
        network: { x, t in both.epsilon(x, alphaBar: schedule.alphaBar(at: t)) },
        noise: streamNoise(seed: 9))
      #expect((0..<count).allSatisfy { values[2 * $0] == Float(given) })
      return moments((0..<count).map { values[2 * $0 + 1] })
    }
  }

  @Test func `the more resamplings, the nearer the drawn part is to what the known one asks for`()
    throws
  {
    let distances = try [1, 3, 10].map { resamplings in
      let found = try Pair.drawn(
        steps: 100, jumpLength: 5, resamplings: resamplings, count: 4_000)
      return abs(found.mean - Pair.conditional.mean)
    }
    #expect(distances[1] < distances[0] / 2 && distances[2] < distances[1], "\(distances)")
  }

  @Test func `with fine steps the drawn part comes to depend on the known one as the data do`()
    throws
  {
    let found = try Pair.drawn(steps: 1000, jumpLength: 10, resamplings: 10, count: 1_000)
    let expected = Pair.conditional
    #expect(abs(found.mean - expected.mean) < 0.03, "\(found), \(expected)")
    #expect(abs(found.variance / expected.variance - 1) < 0.2, "\(found), \(expected)")
  }

  @Test func `a network that learned beta~ or beta goes the ways of the fixed ones`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 20, betaStart: 0.01, betaEnd: 0.3))
    let x0: [Float] = [0.5, -0.5, 0.25, 0]
    func drawn(_ variance: ReverseVariance, _ v: [Float]) throws -> [Float] {
      let table = try Sampler.ddpm.table(
        schedule, TimestepPlan(all: 20),
        .init(variance: variance, resampling: Resampling(jumpLength: 4, count: 3)))
      return sample(
        table, from: [0.1, 0.9, -1.2, 0.4], threshold: .none,
        known: KnownPart(x0: x0, isKnown: [true, false, false, false]),
        network: { x, _ in x.map { 0.8 * $0 } + v }, noise: streamNoise(seed: 4))
    }
    for (fixed, v) in [(ReverseVariance.betaTilde, Float(-1)), (.beta, 1)] {
      let learned = try drawn(.learned, [Float](repeating: v, count: 4))
      for (one, other) in zip(learned, try drawn(fixed, [])) { #expect(abs(one - other) < 1e-4) }
    }
  }
}
