import Diffusion
import Random
import Testing

/// Mean and variance of numbers.
func moments(_ values: some Collection<Float>) -> (mean: Double, variance: Double) {
  let count = Double(values.count)
  let mean = values.reduce(0) { $0 + Double($1) } / count
  let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
  return (mean, variance)
}

@Suite struct ForwardProcessTests {
  /// One value of x_0, 40,000 times through the single steps of 100: the mean must be
  /// sqrt(abar_t) x_0, not abar_t x_0, and the variance 1 - abar_t.
  @Test(arguments: [0.8, -0.5])
  func `single Markov steps add up to the closed form`(x0: Double) throws {
    let schedule = try NoiseSchedule(.init(timesteps: 100))
    let process = ForwardProcess(schedule)
    let count = 40_000
    var x = [Float](repeating: Float(x0), count: count)
    for t in 0..<100 {
      let noise = RandomStream(seed: 1, purpose: .trainingNoise, index: 0, step: t).normals(count)
      process.step(&x, to: t, noise: noise.span)

      let abar = schedule.alphaBar[t]
      let (mean, variance) = moments(x)
      let error = ((1 - abar) / Double(count)).squareRoot()
      #expect(abs(mean - abar.squareRoot() * x0) < 5 * error)
      #expect(abs(variance - (1 - abar)) < 5 * (1 - abar) * (2 / Double(count)).squareRoot())
      if t == 99 { #expect(abs(mean - abar * x0) > 20 * error) }

      let epsilon = RandomStream(seed: 2, purpose: .trainingNoise, index: 0, step: t).normals(count)
      let closed = moments(
        process.noised([Float](repeating: Float(x0), count: count), at: Double(t), epsilon: epsilon)
      )
      #expect(abs(closed.mean - mean) < 7 * error)
      #expect(abs(closed.variance - variance) < 7 * (1 - abar) * (2 / Double(count)).squareRoot())
    }
  }

  @Test func `the closed form weighs image and noise by the roots of abar and 1 - abar`() throws {
    // One timestep with beta 0.36: abar is 0.64.
    let schedule = try NoiseSchedule(.init(timesteps: 1, betaStart: 0.36, betaEnd: 0.36))
    let process = ForwardProcess(schedule)
    let xt = process.noised([1, 0, -0.5], at: 0, epsilon: [0, 1, 2])
    for (value, expected) in zip(xt, [0.8, 0.6, 0.8]) {
      #expect(abs(Double(value) - expected) < 1e-6)
    }
  }

  @Test(arguments: Objective.allCases)
  func `every objective's target leads back to the image`(objective: Objective) throws {
    let schedule = try NoiseSchedule()
    let x0: [Float] = [0.5, -1, 0.25]
    let epsilon: [Float] = [1, -0.5, 2]
    for t in [0, 1, 500, 999] {
      let abar = schedule.alphaBar[t]
      let xt = ForwardProcess(schedule).noised(x0, at: Double(t), epsilon: epsilon)
      let output = objective.target(alphaBar: abar)(x0, epsilon)
      let found = objective.predictedX0(xt: xt, output: output, alphaBar: abar)
      for i in 0..<3 { #expect(abs(found[i] - x0[i]) < 1e-4) }
    }
  }

  @Test func `mixtures are the same in single precision, but for its rounding`() throws {
    let mixture = try ForwardProcess(NoiseSchedule()).mixture(at: 400.5)
    let x0: [Float] = [0.5, -1, 0.25]
    let epsilon: [Float] = [1, -0.5, 2]
    let (single, double) = (mixture.mixed(x0.span, epsilon.span), mixture(x0, epsilon))
    for (a, b) in zip(single, double) { #expect(abs(a - b) < 1e-6) }
    #expect(single[0] == Float(mixture.x0) * 0.5 + Float(mixture.epsilon))
  }

  @Test func `velocity is sqrt(abar) eps - sqrt(1 - abar) x_0`() {
    let target = Objective.velocity.target(alphaBar: 0.64)
    #expect(abs(target.epsilon - 0.8) < 1e-12 && abs(target.x0 + 0.6) < 1e-12)
  }

  @Test func `a predicted image is held within the range given`() {
    let output: [Float] = [-3, 0.5, 3]
    let found = Objective.image.predictedX0(
      xt: [0, 0, 0], output: output, alphaBar: 0.5, within: -1...1)
    #expect(found == [-1, 0.5, 1])
    #expect(Objective.image.predictedX0(xt: [0, 0, 0], output: output, alphaBar: 0.5) == output)
  }
}
