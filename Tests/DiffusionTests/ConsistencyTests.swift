import Diffusion
import Foundation
import HDF5
import TestSupport
import Testing

/// Consistency tuning and sampling, beside the values of PyTorch and diffusers (`make_consistency.py`).
@Suite struct ConsistencyTests {
  private let root: StoredGroup

  init() throws { root = try File.open(GoldenFolder.file("consistency.h5")).root }

  @Test func `lower levels come nearer from stage to stage`() throws {
    let group = try root.group("levels")
    let upper: [Double] = try group.dataset("t").read()
    let lower: [Double] = try group.dataset("r").read()
    let tuning = ConsistencyTuning(stageSteps: 10)
    // The first two of the paper are for networks that know nothing, and the last two for longer tunings.
    for stage in 0..<4 {
      for (i, t) in upper.enumerated() {
        let r = lower[(stage + 2) * upper.count + i]
        for step in [10 * stage, 10 * stage + 9] {
          #expect(abs(tuning.level(below: t, step: step) - r) < 1e-12 * t)
        }
        if stage == 3 {
          #expect(tuning.level(below: t, step: 1_000_000) == tuning.level(below: t, step: 39))
          #expect(tuning.lastLevel(below: t) == tuning.level(below: t, step: 39))
        }
      }
    }
  }

  @Test func `levels are drawn with the quantiles of Geng et al. 2024`() throws {
    let schedule = try NoiseSchedule(.init(kind: .edm))
    for (quantile, z) in [(0.5, 0.0), (0.841_344_746, 1.0), (0.022_750_132, -2.0)] {
      let t = ConsistencyTuning.levels.timestep(atQuantile: quantile, of: schedule)
      #expect(abs(log(schedule.noiseLevel(at: t)) - (-1.1 + 2 * z)) < 1e-5)
    }
  }

  @Test(arguments: [1, 2, 4])
  func `sampling is that of diffusers' scheduler, and the network sees the same`(steps: Int) throws
  {
    let group = try root.group("sampling").group("\(steps)")
    let start: [Double] = try group.dataset("x_T").read()
    let levels: [Double] = try group.dataset("sigma").read()
    let conditions: [Double] = try group.dataset("condition").read()
    let shown: [Double] = try group.dataset("input").read()
    let images: [Double] = try group.dataset("image").read()
    let noises: [Double] = try group.dataset("noise").read()
    let schedule = try NoiseSchedule(.init(kind: .edm))
    let sampler = Sampler.consistency
    let table = try sampler.table(
      schedule, sampler.plan(.trailing, steps: steps, of: schedule), SamplerOptions(eta: 1))
    #expect(table.timesteps.count == steps)
    var step = 0
    let result = sample(
      table, from: start.map(Float.init), objective: .edm, threshold: .clip,
      network: { x, t in
        let seen = schedule.networkInput(x, at: [t])
        #expect(abs(schedule.noiseLevel(at: t) / levels[step] - 1) < 1e-5)
        // 250 log(sigma) there.
        #expect(abs(1000 * Double(seen.t[0]) - conditions[step]) < 1e-2)
        let theirs = shown[(step * start.count)..<((step + 1) * start.count)]
        // The scheduler begins at sigma eps, Stipple at sqrt(1 + sigma^2) eps.
        #expect(zip(seen.x, theirs).allSatisfy { abs(Double($0) - $1) < 5e-4 })
        let wave = 0.1 * cos(conditions[step] / 1000)
        step += 1
        return seen.x.map { Float(sin(2 * Double($0)) - 0.3 * Double($0) + wave) }
      },
      noise: { _, out in
        let own = noises[((step - 1) * start.count)..<(step * start.count)]
        out = own.map(Float.init)
      })
    let last = images.suffix(start.count)
    #expect(zip(result, last).allSatisfy { abs(Double($0) - $1) < 1e-3 })
  }

  @Test(arguments: [NoiseSchedule.Kind.linear, .cosine, .flow, .edm])
  func `levels go down from the last timestep on every path, in any number of steps`(
    kind: NoiseSchedule.Kind
  ) throws {
    let schedule = try NoiseSchedule(.init(kind: kind))
    for steps in [1, 2, 3, 8, 40] {
      let timesteps = try Sampler.consistency.plan(.trailing, steps: steps, of: schedule).timesteps
      #expect(timesteps.count == steps)
      let first = min(80, schedule.noiseLevel(at: 999))
      #expect(abs(schedule.noiseLevel(at: timesteps[0]) / first - 1) < 1e-9)
      #expect(zip(timesteps, timesteps.dropFirst()).allSatisfy { $0 > $1 })
      if steps > 1 {
        let largest = min(80, schedule.noiseLevel(at: 999))
        let level = schedule.noiseLevel(at: timesteps[steps - 1])
        #expect(abs(level / (largest / 32) - 1) < 1e-3)
      }
    }
    let few = try NoiseSchedule(.init(kind: kind, timesteps: 3))
    #expect(try Sampler.consistency.plan(.trailing, steps: 3, of: few).timesteps.count == 3)
    #expect(throws: DiffusionError.steps(4, timesteps: 3)) {
      try Sampler.consistency.plan(.trailing, steps: 4, of: few)
    }
  }

  /// For Gaussian data the image of a way is known, and what comes of it has the data's distribution at any number of
  /// steps.
  @Test(arguments: [NoiseSchedule.Kind.linear, .flow, .edm], [1, 2, 5])
  func `the exact consistency function draws the data`(kind: NoiseSchedule.Kind, steps: Int) throws
  {
    let data = GaussianData()
    let schedule = try NoiseSchedule(.init(kind: kind))
    let sampler = Sampler.consistency
    let table = try sampler.table(
      schedule, sampler.plan(.trailing, steps: steps, of: schedule), SamplerOptions(eta: 1))
    var start = [Float](repeating: 0, count: 20_000)
    streamNoise(seed: 1)(NoiseKey(timestep: 2000), &start)
    let drawn = sample(
      table, from: start, objective: .image, threshold: .none,
      network: { x, t in
        x.map { Float(data.flow(Double($0), from: schedule.alphaBar(at: t), to: 1)) }
      }, noise: streamNoise(seed: 2))
    let mean = drawn.reduce(0) { $0 + Double($1) } / Double(drawn.count)
    let variance =
      drawn.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      / Double(drawn.count)
    #expect(abs(mean - data.mean) < 0.01)
    #expect(abs(variance.squareRoot() - data.deviation) < 0.01)
  }

  /// Of the network that finds nothing but noise, all of it is there again at the next level, old and new.
  @Test(arguments: [0, 0.5, 1])
  func `eta is the new part of the noise`(eta: Double) throws {
    let schedule = try NoiseSchedule(.init(kind: .edm))
    let plan = try Sampler.consistency.plan(.trailing, steps: 2, of: schedule)
    let table = try Sampler.consistency.table(schedule, plan, SamplerOptions(eta: eta))
    var seen: [[Float]] = []
    _ = sample(
      table, from: [1, -2], objective: .image, threshold: .none,
      network: { x, _ in
        seen.append(x)
        return [0, 0]
      }, noise: { _, out in out = [3, 5] })
    let level = (1 - schedule.alphaBar(at: plan.timesteps[1])).squareRoot()
    let kept = (1 - eta * eta).squareRoot()
    let first = (1 - schedule.alphaBar(at: plan.timesteps[0])).squareRoot()
    for (x, (old, new)) in zip(seen[1], [(1.0, 3.0), (-2, 5)]) {
      #expect(abs(Double(x) - level * (kept * old / first + eta * new)) < 1e-5)
    }
  }

  @Test func `the registry says what consistency sampling does`() throws {
    let sampler = Sampler.consistency
    #expect(Sampler(rawValue: "consistency") == sampler && sampler.options == [.eta])
    #expect(sampler.hasOwnTimesteps && Sampler.allCases.allSatisfy { !$0.hasOwnTimesteps })
    #expect(!Sampler.allCases.contains(sampler) && Sampler.ofDistilled == [sampler])
    let coded = try JSONEncoder().encode([sampler])
    #expect(String(decoding: coded, as: UTF8.self) == "[\"consistency\"]")
    #expect(try JSONDecoder().decode([Sampler].self, from: coded) == [sampler])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Sampler].self, from: Data("[\"fast\"]".utf8))
    }
  }
}
