import Diffusion
import Testing

/// Against diffusers: `DDPMScheduler(10, beta_start=0.01, beta_end=0.3, clip_sample=False,
/// variance_type=…).step(y, t, x)` in double precision, its noise being `z`.
@Suite struct LearnedVarianceTests {
  struct Step: Sendable {
    let variance: ReverseVariance
    /// From timestep to timestep; -1 is the clean image.
    let from, to: Double
    let expected: [Double]

    init(_ variance: ReverseVariance, _ from: Double, _ to: Double, _ x: [Double]) {
      (self.variance, self.from, self.to, expected) = (variance, from, to, x)
    }
  }

  static let steps = [
    Step(.learned, 9, 8, [0.38302784585749333, -1.5462904041026353, 2.6548528653892416]),
    Step(.learned, 4, 3, [0.291820606380071, -1.2055681269159335, 2.1114743910906135]),
    Step(.learned, 0, -1, [0.17085642859406602, -0.7135768488340405, 1.1658438657006862]),
    Step(.learned, 6, 4, [0.3068310605050354, -1.5635760015384976, 2.9037494301678866]),
    Step(.learnedDirectly, 9, 8, [0.1913482924248616, -1.2714141032420136, 2.647012800399509]),
    Step(.learnedDirectly, 6, 4, [0.14839127092749588, -1.312843805925114, 2.785969508536807]),
  ]

  @Test(arguments: steps.indices)
  func `steps with a learned variance agree with diffusers`(index: Int) throws {
    let step = Self.steps[index]
    let schedule = try NoiseSchedule(.init(timesteps: 10, betaStart: 0.01, betaEnd: 0.3))
    let sampler = try Sampler.ddpm.table(
      schedule, TimestepPlan([step.from], end: step.to), .init(variance: step.variance))
    let z: [Float] = [0.5, -1.25, 2]
    let v: [Float] = step.variance == .learned ? [-0.8, 0.1, 1.3] : [0.02, 0.1, 0.3]
    let found = sample(
      sampler, from: [0.2, -0.7, 1.1], threshold: .none,
      network: { _, _ in [0.3, 0.1, -0.6] + v }, noise: { _, out in out = z })
    for (value, expected) in zip(found, step.expected) {
      #expect(abs(Double(value) - expected) < 1e-6)
    }
  }

  @Test func `each image's variance lies behind its own prediction, and others do without`() throws
  {
    let (prediction, variance) = halves(
      [1, 2, 10, 20, 3, 4, 30, 40], of: 4, imageSize: 2)
    #expect(prediction == [1, 2, 3, 4] && variance == [10, 20, 30, 40])
    let schedule = try NoiseSchedule(.init(timesteps: 10))
    for way in SamplerCase.all {
      let sampler = try way.on(TimestepPlan(all: 10), schedule)
      func end(_ extra: [Float]) -> [Float] {
        sample(
          sampler, from: [0.5], network: { x, _ in [x[0] / 2] + extra },
          noise: streamNoise(seed: 1))
      }
      #expect(end([]) == end([0.7]))
    }
  }

  @Test func `-1 and 1 are beta~ and beta, in the bound as well`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 20))
    let pixels: [UInt8] = [0, 100, 255]
    let (xt, x0) = ([-0.9, 0.1, 0.8], [-0.95, -0.1, 0.9])
    let learned = VariationalBound(schedule, variance: .learned)
    for (v, fixed) in [(-1.0, ReverseVariance.betaTilde), (1, .beta)] {
      for t in [0, 1, 10, 19] {
        let own = learned.term(t, pixels: pixels, xt: xt, x0: x0, v: [v, v, v])
        let other = VariationalBound(schedule, variance: fixed)
          .term(t, pixels: pixels, xt: xt, x0: x0)
        #expect(abs(own - other) < 1e-9 * max(1, other), "timestep \(t)")
      }
    }
    let posterior = schedule.posterior(7)
    #expect(abs(posterior.variance(between: -1) / posterior.variance - 1) < 1e-12)
    #expect(abs(posterior.variance(between: 1) / posterior.beta - 1) < 1e-12)
  }
}
