import Diffusion
import Foundation
import Random
import Testing

/// What lies between noise and noise, and how images become noise.
@Suite struct InterpolationTests {
  private static func noise(_ index: Int) -> [Float] {
    RandomStream(seed: 3, purpose: .initialNoise, index: index).normals(3072)
  }

  private static func norm(_ x: [Float]) -> Double {
    x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test func `the ends of a great circle are the ends exactly`() {
    let (a, b) = (Self.noise(0), Self.noise(1))
    #expect(sphericalInterpolation(a, b, 0) == a)
    #expect(sphericalInterpolation(a, b, 1) == b)
  }

  /// sin(pi / 6) = 1 / 2 and sin(pi / 3) = sqrt(3) / 2.
  @Test func `a third of a right angle is thirty degrees`() {
    let found = sphericalInterpolation([2, 0], [0, 2], 1.0 / 3)
    #expect(abs(found[0] - Float(3.0.squareRoot())) < 1e-6 && abs(found[1] - 1) < 1e-6)
  }

  @Test func `noise keeps its strength on the way, which it loses on a straight line`() {
    let (a, b) = (Self.noise(0), Self.noise(1))
    let expected = Double(3072).squareRoot()
    for place in [0.1, 0.25, 0.5, 0.8] {
      let length = Self.norm(sphericalInterpolation(a, b, place))
      #expect(abs(length - expected) < 0.03 * expected)
    }
    #expect(Self.norm(zip(a, b).map { ($0 + $1) / 2 }) < 0.75 * expected)
  }

  @Test func `where there is no great circle the line is straight`() {
    #expect(sphericalInterpolation([1, 2], [2, 4], 0.5) == [1.5, 3])
    #expect(sphericalInterpolation([1, 2], [-1, -2], 0.25) == [0.5, 1])
    #expect(sphericalInterpolation([0, 0], [4, 2], 0.5) == [2, 1])
  }

  private static let data = GaussianData()
  private static let images: [Float] = [-0.4, 0.1, 0.3, 0.62, 0.9]

  private static func inverted(
    _ schedule: NoiseSchedule, _ plan: TimestepPlan, evaluations: Int,
    _ objective: Objective = .epsilon
  ) -> [Float] {
    Diffusion.inverted(
      images, on: plan, of: schedule, evaluations: evaluations, objective: objective,
      threshold: .none,
      network: { x, t in data.output(x, alphaBar: schedule.alphaBar(at: t), objective) })
  }

  /// The largest distance of images from what the sampler makes of the noise that it was made to.
  private static func returnError(
    _ path: NoiseSchedule.Configuration = .init(), _ objective: Objective = .epsilon, steps: Int,
    evaluations: Int
  ) throws -> Double {
    let schedule = try NoiseSchedule(path)
    let plan = try TimestepPlan(.trailing, steps: steps, of: schedule)
    let back = try sample(
      Sampler.ddim.table(schedule, plan),
      from: inverted(schedule, plan, evaluations: evaluations, objective), objective: objective,
      threshold: .none,
      network: { x, t in data.output(x, alphaBar: schedule.alphaBar(at: t), objective) },
      noise: { _, _ in })
    return zip(back, images).map { Double(abs($0 - $1)) }.max() ?? .infinity
  }

  private static func plan(_ steps: Int) throws -> TimestepPlan {
    try TimestepPlan(.trailing, steps: steps, of: NoiseSchedule())
  }

  @Test func `images come back from their noise, the closer the more a step is repeated`() throws {
    let errors = try [1, 2, 4, 8].map { try Self.returnError(steps: 25, evaluations: $0) }
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $1 < 0.7 * $0 }, "\(errors)")
    #expect(errors[3] < 0.01, "\(errors)")
  }

  /// At the first timestep of these nothing is left of the image.
  @Test(arguments: [
    (NoiseSchedule.Configuration(kind: .flow), Objective.flow),
    (NoiseSchedule.Configuration(endsInNoise: true), .velocity),
  ])
  func `images come back from nothing but noise`(
    path: NoiseSchedule.Configuration, objective: Objective
  ) throws {
    let errors = try [1, 8].map {
      try Self.returnError(path, objective, steps: 25, evaluations: $0)
    }
    #expect(errors[1] < 0.01, "\(errors)")
    let schedule = try NoiseSchedule(path)
    let plan = try TimestepPlan(.trailing, steps: 200, of: schedule)
    let found = Self.inverted(schedule, plan, evaluations: 4, objective)
    for (image, noise) in zip(Self.images, found) {
      #expect(abs(Double(noise) - Self.data.flow(Double(image), from: 1, to: 0)) < 0.1)
    }
  }

  @Test func `with many steps the noise is that of the exact flow`() throws {
    let schedule = try NoiseSchedule()
    let found = Self.inverted(schedule, try Self.plan(1000), evaluations: 4)
    let end = schedule.alphaBar[schedule.timesteps - 1]
    for (image, noise) in zip(Self.images, found) {
      let exact = Self.data.flow(Double(image), from: 1, to: end)
      #expect(abs(Double(noise) - exact) < 0.02)
    }
  }

  @Test(arguments: Objective.allCases)
  func `the noise is the same whatever the network predicts`(objective: Objective) throws {
    let (schedule, plan) = (try NoiseSchedule(), try Self.plan(10))
    let expected = Self.inverted(schedule, plan, evaluations: 3)
    let found = Self.inverted(schedule, plan, evaluations: 3, objective)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}
