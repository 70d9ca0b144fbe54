import Diffusion
import Testing

/// DDIM with the noise that the network says, and with the noise of the clipped image.
@Suite struct ClippedOutputTests {
  /// One step from timestep 500 to 200, x_t = 1.5 and eps = -0.7 being so that x_0 is clipped to 1.
  private func step(usesClipped: Bool, threshold: Threshold, eta: Double = 0) throws -> Double {
    let schedule = try NoiseSchedule()
    let plan = TimestepPlan([500], end: 200)
    let sampler = try Sampler.ddim.table(
      schedule, plan, .init(eta: eta, usesClippedOutput: usesClipped))
    let images = sample(
      sampler, from: [1.5], threshold: threshold, network: { _, _ in [-0.7] },
      noise: { _, out in out = [0.3] })
    return Double(images[0])
  }

  @Test(arguments: [0, 0.5])
  func `the network's own noise leads on whatever becomes of x_0`(eta: Double) throws {
    let schedule = try NoiseSchedule()
    let (abar, next) = (schedule.alphaBar[500], schedule.alphaBar[200])
    let sigma = eta * ((1 - next) / (1 - abar) * (1 - abar / next)).squareRoot()
    let direction = (1 - next - sigma * sigma).squareRoot()
    // diffusers' DDIMScheduler.step with use_clipped_model_output False and True.
    let own = next.squareRoot() + direction * -0.7 + sigma * 0.3
    let renewed = (1.5 - abar.squareRoot()) / (1 - abar).squareRoot()
    let anew = next.squareRoot() + direction * renewed + sigma * 0.3
    #expect(abs(try step(usesClipped: false, threshold: .clip, eta: eta) - own) < 1e-6)
    #expect(abs(try step(usesClipped: true, threshold: .clip, eta: eta) - anew) < 1e-6)
    #expect(abs(own - anew) > 0.1)
  }

  @Test func `without a threshold both are the same`() throws {
    let (a, b) = (
      try step(usesClipped: false, threshold: .none), try step(usesClipped: true, threshold: .none)
    )
    #expect(abs(a - b) < 1e-6)
  }
}
