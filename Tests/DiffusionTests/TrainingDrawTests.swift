import Diffusion
import Foundation
import Testing

@Suite struct TrainingDrawTests {
  @Test func `every timestep is drawn as often, from quantiles`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 10))
    let timesteps = (0..<100).map {
      TimestepSampling.uniform.timestep(atQuantile: (Double($0) + 0.5) / 100, of: schedule)
    }
    for t in 0..<10 { #expect(timesteps.count { $0 == Double(t) } == 10) }
    #expect(
      TimestepSampling.uniform.timestep(atQuantile: (1.0).nextDown, of: schedule) == 9)
  }

  @Test func `noise levels are spread evenly over their range`() throws {
    let schedule = try NoiseSchedule()
    let sampling = TimestepSampling.noiseLevels(0.1...0.5)
    for quantile in [0, 0.25, 0.5, 0.999] {
      let t = sampling.timestep(atQuantile: quantile, of: schedule)
      #expect(abs(schedule.noiseLevel(at: t) - (0.1 + 0.4 * quantile)) < 1e-12)
    }
  }

  @Test(arguments: Objective.allCases)
  func `weights count the error of x_0, whatever is predicted`(objective: Objective) throws {
    let schedule = try NoiseSchedule()
    for t in [0.0, 100, 400.5, 999] {
      let alphaBar = schedule.alphaBar(at: t)
      let ratio = alphaBar / (1 - alphaBar)
      // What the squared error of x_0 is divided by to be the output's: Hang et al. 2023 write
      // min(SNR, 5) / SNR for eps and min(SNR, 5) / (SNR + 1) for v.
      let share =
        switch objective {
        case .epsilon: ratio
        case .image: 1.0
        case .velocity: ratio + 1
        case .flow: (ratio.squareRoot() + 1) * (ratio.squareRoot() + 1)
        case .edm: ratio + 4  // 1 / sigma_data^2
        }
      func weight(_ weight: LossWeight) -> Double { weight(at: t, of: schedule, objective) }
      #expect(abs(weight(.minSNR(gamma: 5)) / (min(ratio, 5) / share) - 1) < 1e-9)
      #expect(abs(weight(.truncatedSNR) / (max(ratio, 1) / share) - 1) < 1e-9)
      #expect(weight(.constant) == 1)
    }
  }

  @Test(arguments: [ReverseVariance.beta, .betaTilde])
  func `the bound's weight is that of Ho et al. 2020, equation 12, and the bound's own`(
    variance: ReverseVariance
  ) throws {
    let schedule = try NoiseSchedule(.init(timesteps: 50))
    let bound = VariationalBound(schedule, variance: variance)
    for t in [1, 20, 49] {
      let beta = schedule.beta[t]
      let sigma2 = variance == .beta ? beta : schedule.posterior(t).variance
      let published =
        beta * beta / (2 * sigma2 * (1 - beta) * (1 - schedule.alphaBar[t])) * 50 / log(2)
      let weight = LossWeight.bound(variance)(at: Double(t), of: schedule, .epsilon)
      #expect(abs(weight / published - 1) < 1e-9)
      // One more error of x_0 is so much more of the bound.
      let pixels: [UInt8] = [100, 200]
      let x0 = pixels.map { Double($0) / 127.5 - 1 }
      let more =
        bound.term(t, pixels: pixels, xt: [0, 0], x0: x0.map { $0 + 0.1 })
        - bound.term(t, pixels: pixels, xt: [0, 0], x0: x0)
      let own = LossWeight.bound(variance)(at: Double(t), of: schedule, .image)
      #expect(abs(own * 0.01 / (50 * more) - 1) < 1e-6)
    }
  }

  @Test func `log-normal noise levels have the quantiles of Karras et al. 2022`() throws {
    let schedule = try NoiseSchedule()
    for (quantile, z) in [(0.5, 0.0), (0.841_344_746, 1.0), (0.022_750_132, -2.0)] {
      let t = TimestepSampling.karras.timestep(atQuantile: quantile, of: schedule)
      #expect(abs(log(schedule.noiseLevel(at: t)) - (-1.2 + 1.2 * z)) < 1e-6)
    }
    #expect(TimestepSampling.karras.timestep(atQuantile: 0, of: schedule) == 0)
    #expect(TimestepSampling.karras.timestep(atQuantile: (1.0).nextDown, of: schedule) <= 999)
  }

  @Test func `timesteps are drawn by the root of their losses' second moment`() {
    var moments = LossSecondMoments(timesteps: 4)
    for round in 0..<10 {
      #expect(moments.probabilities == [0.25, 0.25, 0.25, 0.25], "\(round) losses each")
      // Two timesteps have more losses, of which the last ten count.
      for t in 0..<4 { moments.record(t == 0 ? 3 : 1, at: t) }
    }
    var expected = [0.5, 1 / 6.0, 1 / 6.0, 1 / 6.0].map { $0 * 0.999 + 0.001 / 4 }
    #expect(zip(moments.probabilities, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    for _ in 0..<5 { moments.record(2, at: 1) }
    let roots = [3, (2.5).squareRoot(), 1, 1]
    expected = roots.map { $0 / roots.reduce(0, +) * 0.999 + 0.001 / 4 }
    #expect(zip(moments.probabilities, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    moments.record(.nan, at: 2)
    let kept = LossSecondMoments(losses: moments.losses, counts: moments.counts)
    #expect(kept == moments)
    #expect(LossSecondMoments(losses: [1], counts: [1]) == nil)
  }
}
