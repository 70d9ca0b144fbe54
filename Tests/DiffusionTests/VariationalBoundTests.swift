import Diffusion
import Foundation
import HDF5
import TestSupport
import Testing

/// Against `bound.h5`: three images of 64 random pixels, the network a perfect one for Gaussian data.
@Suite struct VariationalBoundTests {
  @Test(
    arguments: [("linear", 1000), ("linear_100", 100)],
    [ReverseVariance.beta, .betaTilde])
  func `the bound and its terms agree with the golden values to 1e-6`(
    name: (String, Int), variance: ReverseVariance
  ) throws {
    let root = try File.open(GoldenFolder.file("bound.h5")).root
    let group = try root.group(name.0)
    let golden = try group.group(variance == .beta ? "beta" : "beta_tilde")
    let pixels = try root.dataset("pixels").read(UInt8.self)
    let noise = try group.dataset("noise").read(Float.self)
    let terms = try golden.dataset("terms").read(Double.self)
    let prior = try golden.dataset("prior").read(Double.self)
    let totals = try golden.dataset("total").read(Double.self)

    let schedule = try NoiseSchedule(.init(timesteps: name.1))
    let bound = VariationalBound(schedule, variance: variance)
    let data = GaussianData()
    for image in 0..<3 {
      let own = Array(pixels[(image * 64)..<((image + 1) * 64)])
      var total = bound.prior(pixels: own)
      #expect(abs(total - prior[image]) < 1e-6)
      for t in 0..<schedule.timesteps {
        let abar = schedule.alphaBar[t]
        let z = noise[((t * 3 + image) * 64)...].prefix(64)
        let (signal, sigma) = (abar.squareRoot(), (1 - abar).squareRoot())
        let xt = zip(own, z).map { pixel, z in
          let x0 = Double(pixel) / 127.5 - 1
          return signal * x0 + sigma * Double(z)
        }
        let x0 = xt.map { min(max(data.x0($0, alphaBar: abar), -1), 1) }
        let term = bound.term(t, pixels: own, xt: xt, x0: x0)
        #expect(abs(term - terms[t * 3 + image]) < 1e-6, "timestep \(t)")
        total += term
      }
      #expect(abs(total - totals[image]) < 1e-6)
    }
  }

  @Test func `a perfect prediction costs nothing but what the variance does`() throws {
    let schedule = try NoiseSchedule()
    let pixels: [UInt8] = [0, 100, 255]
    let x0 = pixels.map { Double($0) / 127.5 - 1 }
    let bound = VariationalBound(schedule)
    for t in [1, 10, 999] {
      #expect(abs(bound.term(t, pixels: pixels, xt: [0, 0, 0], x0: x0)) < 1e-12)
    }
    #expect(VariationalBound(schedule, variance: .beta).term(1, pixels: pixels, xt: x0, x0: x0) > 0)
  }

  @Test func `the decoder's probabilities of all pixels add up to one`() throws {
    let bound = VariationalBound(try NoiseSchedule())
    let sum = (0...255).reduce(0.0) { sum, pixel in
      sum + exp2(-bound.term(0, pixels: [UInt8(pixel)], xt: [0.2], x0: [0.21]))
    }
    // Every bin far away counts 1e-12.
    #expect(abs(sum - 1) < 1e-9)
  }

  @Test func `a schedule of one timestep has a bound`() throws {
    let schedule = try NoiseSchedule(.init(timesteps: 1, betaStart: 0.01, betaEnd: 0.01))
    for variance in [ReverseVariance.beta, .betaTilde] {
      let bound = VariationalBound(schedule, variance: variance)
      #expect(bound.term(0, pixels: [7], xt: [0], x0: [0]).isFinite)
    }
  }
}
