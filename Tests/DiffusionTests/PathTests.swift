import Diffusion
import Foundation
import HDF5
import TestSupport
import Testing

/// The paths that have no betas: flow matching's and EDM's.
@Suite struct PathTests {
  static let paths: [(NoiseSchedule.Kind, Objective)] = [(.flow, .flow), (.edm, .edm)]

  /// Of `make_paths.py`, in place of a network.
  private func network(_ x: [Float], _ condition: Float) -> [Float] {
    x.map { sin(2 * $0) - 0.3 * $0 + 0.1 * Float(cos(Double(condition))) }
  }

  @Test(arguments: paths)
  func `Euler's way is that of diffusers' scheduler, and the network sees the same`(
    kind: NoiseSchedule.Kind, objective: Objective
  ) throws {
    let group = try File.open(GoldenFolder.file("paths.h5")).root.group(kind.rawValue)
    let shown: [Float] = try group.dataset("input").read()
    let images: [Float] = try group.dataset("image").read()
    let conditions: [Double] = try group.dataset("condition").read()
    let levels: [Double] = try group.dataset("sigma").read()
    let start: [Float] = try group.dataset("x_T").read()
    let schedule = try NoiseSchedule(.init(kind: kind))
    let table = try Sampler.euler.table(
      schedule, Sampler.euler.plan(.linspace, steps: levels.count, of: schedule))
    #expect(table.timesteps.count == levels.count)
    var seen: [[Float]] = []
    let result = sample(
      table, from: start, objective: objective, threshold: .none,
      network: { x, t in
        let input = schedule.networkInput(x, at: [t])
        let condition = conditions[seen.count]
        #expect(abs(Double(input.t[0]) - condition) < 1e-5 * max(1, abs(condition)))
        seen.append(input.x)
        return network(input.x, input.t[0])
      }, noise: { _, _ in Issue.record("noise that nobody asked for") })
    for (i, level) in levels.enumerated() {
      let t = table.timesteps[i]
      // sigma is the share of the noise on the straight path.
      let own = schedule.noiseLevel(at: t)
      if kind == .edm { #expect(abs(own / level - 1) < 1e-5) }
      if kind == .flow, i > 0 { #expect(abs(own / (1 + own) - level) < 1e-6) }
      let theirs = shown[(i * start.count)..<((i + 1) * start.count)]
      #expect(zip(seen[i], theirs).allSatisfy { abs($0 - $1) < 2e-4 })
    }
    #expect(zip(result, images.suffix(start.count)).allSatisfy { abs($0 - $1) < 2e-4 })
  }

  @Test(arguments: paths)
  func `a timestep has a level, and a level its timestep`(
    kind: NoiseSchedule.Kind, objective: Objective
  ) throws {
    for count in [10, 1000] {
      let schedule = try NoiseSchedule(.init(kind: kind, timesteps: count))
      for t in [0, 0.25, 1, 3.5, Double(count) - 2.75, Double(count) - 2] {
        let level = schedule.noiseLevel(at: t)
        #expect(abs(schedule.timestep(forNoiseLevel: level) - t) < 1e-6 * Double(count))
        #expect(abs(schedule.alphaBar(at: t) - 1 / (1 + level * level)) < 1e-12)
      }
      #expect(zip(schedule.alphaBar, schedule.alphaBar.dropFirst()).allSatisfy { $0 > $1 })
      #expect(schedule.timestep(forNoiseLevel: 1e9) == Double(count) - 1)
      #expect(schedule.timestep(forNoiseLevel: 1e-9) == 0)
    }
    #expect(try (NoiseSchedule(.init(kind: .flow)).alphaBar.last == 0))
    #expect(throws: DiffusionError.oneTimestepOfNoise) {
      try NoiseSchedule(.init(kind: .flow, timesteps: 1))
    }
  }

  @Test func `objectives are those of the papers`() throws {
    // sigma 0.75: x = x_0 + sigma eps.
    let (sigma, data) = (0.75, 0.5)
    let abar = 1 / (1 + sigma * sigma)
    let sum = (sigma * sigma + data * data).squareRoot()
    let (skip, out) = (data * data / (sum * sum), sigma * data / sum)
    let edm = Objective.edm.target(alphaBar: abar)
    // F = (x_0 - c_skip (x_0 + sigma eps)) / c_out
    #expect(abs(edm.x0 - (1 - skip) / out) < 1e-12)
    #expect(abs(edm.epsilon + skip * sigma / out) < 1e-12)
    let flow = Objective.flow.target(alphaBar: abar)
    #expect(flow.x0 == -1 && flow.epsilon == 1)
    // With a sigma_data of 1 F would be -v: unit variance of inputs and targets at all levels.
    let schedule = try NoiseSchedule(.init(kind: .edm))
    for t in [0.0, 300, 999] {
      let (alphaBar, view) = (schedule.alphaBar(at: t), schedule.networkView(at: t))
      let target = Objective.edm.target(alphaBar: alphaBar)
      let variance = target.x0 * target.x0 * data * data + target.epsilon * target.epsilon
      #expect(abs(variance - 1) < 1e-9)
      let seen = view.scale * view.scale * (alphaBar * data * data + 1 - alphaBar)
      #expect(abs(seen - 1) < 1e-9)
    }
    let usual = try NoiseSchedule().networkView(at: 5.5)
    #expect(usual.scale == 1 && usual.condition == 5.5)
  }

  @Test(arguments: SamplerCase.all)
  func `every sampler comes to the data on every path`(sampler: SamplerCase) throws {
    let data = GaussianData()
    for (kind, _) in Self.paths {
      let schedule = try NoiseSchedule(.init(kind: kind))
      for spacing in [TimestepSpacing.trailing, .karras] {
        let plan = try TimestepPlan(spacing, steps: 200, of: schedule)
        let found = data.exact(try sampler.on(plan, schedule))
        #expect(abs(found.mean - data.mean) < 0.02, "\(kind) \(spacing): \(found)")
        #expect(abs(found.deviation - data.deviation) < 0.03, "\(kind) \(spacing): \(found)")
      }
    }
  }

  @Test func `logit-normal places on the straight path have the quantiles of Esser et al. 2024`()
    throws
  {
    let schedule = try NoiseSchedule(.init(kind: .flow))
    for (quantile, z) in [(0.5, 0.0), (0.841_344_746, 1.0), (0.022_750_132, -2.0)] {
      let t = TimestepSampling.logitNormal.timestep(atQuantile: quantile, of: schedule)
      #expect(abs((t + 1) / 1000 - 1 / (1 + exp(-z))) < 1e-6)
    }
  }
}
