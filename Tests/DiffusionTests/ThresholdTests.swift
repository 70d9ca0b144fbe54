import Diffusion
import Testing

@Suite struct ThresholdTests {
  @Test func `clipping holds each value within the range of images`() {
    var x0: [Float] = [-3, -0.5, 0, 1, 1.5]
    Threshold.clip.apply(to: &x0, imageSize: 5)
    #expect(x0 == [-1, -0.5, 0, 1, 1])
    Threshold.none.apply(to: &x0, imageSize: 5)
    #expect(x0 == [-1, -0.5, 0, 1, 1])
  }

  /// The quantiles are `torch.quantile`'s: 0.75 of |(-2, 0.5, 1, 4, 3)| is 3, of (0.1 … 0.5) 0.4.
  @Test func `dynamic thresholds are each image's own`() {
    let small: [Float] = [0.1, -0.2, 0.3, 0.4, 0.5]
    var x0: [Float] = [-2, 0.5, 1, 4, 3] + small
    Threshold.dynamic.apply(to: &x0, imageSize: 5, percentile: 0.75)
    let large: [Float] = [-2.0 / 3, 0.5 / 3, 1.0 / 3, 1, 1]
    let expected = large + small
    for (value, reference) in zip(x0, expected) { #expect(abs(value - reference) < 1e-6) }
  }

  @Test func `quantiles between two values are interpolated`() {
    var x0: [Float] = [2, 4]
    // 0.25 of the way from 2 to 4.
    Threshold.dynamic.apply(to: &x0, imageSize: 2, percentile: 0.25)
    #expect(abs(x0[0] - 2 / 2.5) < 1e-6 && x0[1] == 1)
  }

  @Test func `a sampler thresholds each image of a batch by itself`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 10))
    let network = { (x: [Float], _: Double) in x.map { $0 * 4 } }
    let table = try Sampler.dpmSolver2M.table(schedule, TimestepPlan([9, 4, 1]))
    func images(_ start: [Float], size: Int) -> [Float] {
      sample(
        table, from: start, objective: .image, threshold: .dynamic, imageSize: size,
        network: network, noise: { _, _ in })
    }
    let together = images([1, 0.5, 3, 2], size: 2)
    #expect(together == images([1, 0.5], size: 2) + images([3, 2], size: 2))
    #expect(together.allSatisfy { abs($0) <= 1 })
  }
}
