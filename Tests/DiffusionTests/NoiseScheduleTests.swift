import Diffusion
import Foundation
import Testing

@Suite struct NoiseScheduleTests {
  static let configurations: [NoiseSchedule.Configuration] = NoiseSchedule.Kind.computed.flatMap {
    kind in [1, 2, 3, 10, 1000, 4000].map { .init(kind: kind, timesteps: $0) }
  }
  // The straight path ends in noise, and has to begin elsewhere.
  .filter { $0.kind != .flow || $0.timesteps > 1 }

  @Test(arguments: configurations)
  func `every schedule destroys the image step by step`(
    configuration: NoiseSchedule.Configuration
  ) throws {
    let schedule = try NoiseSchedule(configuration)
    #expect(schedule.timesteps == configuration.timesteps)
    let isCapped = ![.flow, .edm].contains(configuration.kind)
    #expect(schedule.beta.allSatisfy { $0 > 0 && $0 <= (isCapped ? 0.999 : 1) })
    for t in 0..<schedule.timesteps {
      #expect(schedule.alphaBar[t] < schedule.alphaBarBefore(t))
      #expect(schedule.alphaBar[t] > 0 || configuration.reachesNoise && t == schedule.timesteps - 1)
    }
  }

  @Test(arguments: configurations)
  func `posteriors mix x_0 and x_t without bias`(
    configuration: NoiseSchedule.Configuration
  ) throws {
    let schedule = try NoiseSchedule(configuration)
    for t in 0..<schedule.timesteps {
      let posterior = schedule.posterior(t)
      let before = schedule.alphaBarBefore(t)
      // At eps = 0, x_t = sqrt(abar_t) x_0 must lead to sqrt(abar_{t-1}) x_0.
      let mean = posterior.x0 + posterior.xt * schedule.alphaBar[t].squareRoot()
      #expect(abs(mean - before.squareRoot()) < 1e-9)
      // The variance of x_{t-1} for fixed x_0 is 1 - abar_{t-1}: inherited from x_t, and added.
      let inherited = posterior.xt * posterior.xt * (1 - schedule.alphaBar[t])
      #expect(abs(inherited + posterior.variance - (1 - before)) < 1e-9)
    }
    #expect(schedule.posterior(0).variance == 0)
    #expect(abs(schedule.posterior(0).x0 - 1) < 1e-12)
  }

  @Test func `a posterior between far levels is that of the steps between taken together`() throws {
    let schedule = try NoiseSchedule()
    let near = Posterior(alphaBar: schedule.alphaBar[500], alphaBarBefore: schedule.alphaBar[499])
    #expect(abs(near.x0 - schedule.posterior(500).x0) < 1e-12)
    #expect(abs(near.variance - schedule.posterior(500).variance) < 1e-12)
    let far = Posterior(alphaBar: schedule.alphaBar[500], alphaBarBefore: schedule.alphaBar[100])
    let keep = (101...500).reduce(1.0) { $0 * (1 - schedule.beta[$1]) }
    #expect(abs(far.beta - (1 - keep)) < 1e-12)
  }

  @Test(arguments: [0.02, 0.1, 50.0 / 255, 1, 10])
  func `a noise level gives the timestep that has it`(level: Double) throws {
    for kind in NoiseSchedule.Kind.computed {
      let schedule = try NoiseSchedule(.init(kind: kind))
      let t = schedule.timestep(forNoiseLevel: level)
      #expect(abs(schedule.noiseLevel(at: t) / level - 1) < 1e-9)
      let abar = schedule.alphaBar(at: t)
      #expect(abs(((1 - abar) / abar).squareRoot() / level - 1) < 1e-9)
      #expect(abs(NoiseSchedule.signalScale(forNoiseLevel: level) - abar.squareRoot()) < 1e-9)
    }
  }

  @Test func `whole timesteps keep their levels`() throws {
    let schedule = try NoiseSchedule()
    for t in [0, 1, 500, 998, 999] {
      let level = ((1 - schedule.alphaBar[t]) / schedule.alphaBar[t]).squareRoot()
      #expect(abs(schedule.timestep(forNoiseLevel: level) - Double(t)) < 1e-6)
      #expect(schedule.alphaBar(at: Double(t)) == schedule.alphaBar[t])
    }
    #expect(schedule.alphaBar(at: -1) == 1)
    // 25 gray levels of 255: between timesteps whose levels enclose it.
    let t = schedule.timestep(forNoiseLevel: 50.0 / 255)
    #expect(schedule.noiseLevel(at: t.rounded(.down)) < 50.0 / 255)
    #expect(schedule.noiseLevel(at: t.rounded(.up)) > 50.0 / 255)
  }

  @Test func `noise levels outside the schedule give its ends`() throws {
    let schedule = try NoiseSchedule()
    #expect(schedule.timestep(forNoiseLevel: 0) == 0)
    #expect(schedule.timestep(forNoiseLevel: 1e-9) == 0)
    #expect(schedule.timestep(forNoiseLevel: 1e9) == 999)
    let single = try NoiseSchedule(.init(timesteps: 1))
    #expect(single.timestep(forNoiseLevel: 0.5) == 0)
  }

  @Test func `configurations survive being written as JSON`() throws {
    let configuration = NoiseSchedule.Configuration(
      kind: .scaledLinear, timesteps: 100, betaStart: 0.001, betaEnd: 0.012)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = try encoder.encode(configuration)
    #expect(
      String(decoding: text, as: UTF8.self)
        == #"{"beta_end":0.012,"beta_start":0.001,"kind":"scaled-linear","timesteps":100}"#)
    #expect(try JSONDecoder().decode(NoiseSchedule.Configuration.self, from: text) == configuration)
  }

  @Test func `what makes no schedule is refused with the reason`() {
    func message(_ configuration: NoiseSchedule.Configuration) -> String? {
      do {
        _ = try NoiseSchedule(configuration)
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      message(.init(timesteps: 0)) == "`timesteps`: must be from 1 to 1000000, got 0")
    #expect(
      message(.init(betaStart: 0.5, betaEnd: 0.1))
        == "`beta-start` 0.5, `beta-end` 0.1: give numbers between 0 and 1, the second not smaller")
    #expect(
      message(.init(betaStart: 0.5, betaEnd: .nan))
        == "`beta-start` 0.5, `beta-end` nan: give numbers between 0 and 1, the second not smaller")
  }

  @Test func `diffusers' names of schedules are understood both ways`() {
    for kind in NoiseSchedule.Kind.computed {
      guard let name = kind.diffusersName else { continue }
      #expect(NoiseSchedule.Kind(diffusersName: name) == kind)
    }
    #expect(NoiseSchedule.Kind(diffusersName: "squaredcos_cap_v2") == .cosine)
    #expect(NoiseSchedule.Kind(diffusersName: "sigmoid") == .sigmoidBeta)
    #expect(NoiseSchedule.Kind.sigmoid.diffusersName == nil)
  }
}
