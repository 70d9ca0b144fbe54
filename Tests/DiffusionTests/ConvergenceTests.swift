import Diffusion
import Foundation
import Testing

/// How fast a sampler that adds no noise nears the exact solution of the probability flow ODE.
@Suite struct ConvergenceTests {
  private static let data = GaussianData()

  /// Steps of equal length in log(abar / (1 - abar)), from the last timestep to timestep 200.
  private static func plan(_ steps: Int, _ schedule: NoiseSchedule) -> TimestepPlan {
    let first = schedule.logSignalToNoise(at: Double(schedule.timesteps - 1))
    let last = schedule.logSignalToNoise(at: 200)
    let timesteps = (0..<steps).map { i in
      let level = first + Double(i) / Double(steps) * (last - first)
      return schedule.timestep(forNoiseLevel: exp(-level / 2))
    }
    return TimestepPlan(timesteps, end: 200)
  }

  /// Where a sampler leads, by its weights in double precision.
  private static func end(_ sampler: SamplingTable, from start: Double) -> Double {
    var images = [start]
    var predictions: [Double] = []
    for (i, t) in sampler.timesteps.enumerated() {
      let weights = sampler.rows[i]
      predictions.insert(data.x0(images[0], alphaBar: sampler.schedule.alphaBar(at: t)), at: 0)
      images.insert(
        zip(weights.x, images).reduce(0) { $0 + $1.0 * $1.1 }
          + zip(weights.x0, predictions).reduce(0) { $0 + $1.0 * $1.1 }, at: 0)
    }
    return images[0]
  }

  @Test(arguments: [
    (Sampler.ddim, 1.0), (.euler, 1), (.heun, 2), (.dpmSolver2M, 2), (.dpmSolver2S, 2),
    (.dpmSolver3M, 3), (.uniPC, 3),
  ])
  func `twice the steps divide the error by two to the order`(
    sampler: Sampler, order: Double
  ) throws {
    let schedule = try NoiseSchedule()
    let start = 1.3
    let exact = Self.data.flow(
      start, from: schedule.alphaBar[schedule.timesteps - 1], to: schedule.alphaBar[200])
    let errors = try [40, 80, 160, 320].map { steps in
      abs(Self.end(try sampler.table(schedule, Self.plan(steps, schedule)), from: start) - exact)
    }
    let orders = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
    for observed in orders { #expect(abs(observed - order) < 0.2, "\(errors): \(orders)") }
  }

  // Their first step goes from a sigma of 20,000, or 600, to 16: what slopes differ by counted hundreds of times.
  @Test(arguments: [NoiseSchedule.Kind.cosine, .sigmoid, .linear], [10, 25, 50])
  func `Heun's method comes nearer than Euler's from any schedule's noise`(
    kind: NoiseSchedule.Kind, steps: Int
  ) throws {
    let schedule = try NoiseSchedule(.init(kind: kind))
    let last = Double(schedule.timesteps - 1)
    let exact = Self.data.flow(1.3, from: schedule.alphaBar(at: last), to: 1)
    func error(_ sampler: Sampler) throws -> Double {
      let table = try sampler.table(schedule, TimestepPlan(from: last, steps: steps))
      return abs(Self.end(table, from: 1.3) - exact)
    }
    #expect(try error(.heun) < error(.euler))
  }
}
