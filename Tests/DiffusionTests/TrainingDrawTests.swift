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
  func `min-SNR counts the error of x_0 by the smaller of SNR and gamma`(objective: Objective) {
    let weight = LossWeight.minSNR(gamma: 5)
    for alphaBar in [0.999, 0.9, 0.5, 0.01] {
      let ratio = alphaBar / (1 - alphaBar)
      // Hang et al. 2023: min(SNR, 5) / SNR for eps, min(SNR, 5) / (SNR + 1) for v.
      let expected =
        switch objective {
        case .epsilon: min(ratio, 5) / ratio
        case .image: min(ratio, 5)
        case .velocity: min(ratio, 5) / (ratio + 1)
        }
      #expect(abs(weight(alphaBar: alphaBar, objective) / expected - 1) < 1e-12)
      #expect(LossWeight.constant(alphaBar: alphaBar, objective) == 1)
    }
  }
}
