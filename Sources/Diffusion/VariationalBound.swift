#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The variational bound on the negative log-likelihood of 8-bit images, in bits per dimension
/// (Ho et al. 2020, eq. 5):
///
///     -log p(x_0) <= L_T + L_{T-1} + … + L_1 + L_0
///     L_T      = KL(q(x_T | x_0) || N(0, I))
///     L_t      = KL(q(x_t | x_{t+1}, x_0) || p(x_t | x_{t+1}))
///     L_0      = -log p(x_0 | x_1)
///
/// The terms are numbered here by the timestep at which the network is asked, from 0: `term` 0 is L_0,
/// and `term` t is L_t of the paper's count. Image and prediction are in [-1, 1], x = pixel / 127.5 - 1.
package struct VariationalBound: Sendable {
  /// The schedule that the network was trained with.
  package let schedule: NoiseSchedule
  /// The variance of the reverse steps. That of timestep 0, where beta~ is 0, is timestep 1's, as in
  /// improved-diffusion.
  package let variance: AncestralSampler.Variance

  /// The bound for reverse steps of a fixed variance.
  package init(_ schedule: NoiseSchedule, variance: AncestralSampler.Variance = .betaTilde) {
    self.schedule = schedule
    self.variance = variance
  }

  /// L_T: what is left of the image at the last timestep. The network has no part in it.
  package func prior(pixels: [UInt8]) -> Double {
    let alphaBar = schedule.alphaBar[schedule.timesteps - 1]
    let variance = 1 - alphaBar
    var sum = 0.0
    for pixel in pixels {
      let x0 = Self.value(pixel)
      sum += 0.5 * (variance + alphaBar * x0 * x0 - 1 - log(variance))
    }
    return sum / Double(pixels.count) / log(2)
  }

  /// L_t, at timestep 0 L_0.
  ///
  /// - Parameters:
  ///   - pixels: the image.
  ///   - xt: the image with the noise of timestep `t`.
  ///   - x0: what the network predicts from it, held within [-1, 1].
  package func term(_ t: Int, pixels: [UInt8], xt: [Double], x0: [Double]) -> Double {
    precondition(pixels.count == xt.count && pixels.count == x0.count, "images differ in size")
    let posterior = schedule.posterior(t)
    let sum =
      t == 0
      ? decoder(posterior, pixels, xt, x0) : divergence(t, posterior, pixels, x0)
    return sum / Double(pixels.count) / log(2)
  }

  /// The divergence of two Gaussians whose means differ by the posterior's weight of x_0 times its
  /// error.
  private func divergence(
    _ t: Int, _ posterior: Posterior, _ pixels: [UInt8], _ x0: [Double]
  ) -> Double {
    let variance = reverseVariance(t)
    let constant = log(variance / posterior.variance) + posterior.variance / variance - 1
    var sum = 0.0
    for (pixel, prediction) in zip(pixels, x0) {
      let difference = posterior.x0 * (Self.value(pixel) - prediction)
      sum += 0.5 * (constant + difference * difference / variance)
    }
    return sum
  }

  /// The discretised Gaussian decoder (Ho et al. 2020, eq. 13): a pixel's probability is what lies
  /// within 1/255 of its value, of 0 and 255 also all that lies beyond; at least 1e-12, as in
  /// improved-diffusion.
  private func decoder(
    _ posterior: Posterior, _ pixels: [UInt8], _ xt: [Double], _ x0: [Double]
  ) -> Double {
    let deviation = reverseVariance(0).squareRoot()
    var sum = 0.0
    for i in pixels.indices {
      let distance = Self.value(pixels[i]) - (posterior.x0 * x0[i] + posterior.xt * xt[i])
      let upper = pixels[i] == 255 ? 1 : Self.normal((distance + 1 / 255.0) / deviation)
      let lower = pixels[i] == 0 ? 0 : Self.normal((distance - 1 / 255.0) / deviation)
      sum -= log(max(upper - lower, 1e-12))
    }
    return sum
  }

  /// sigma_t^2; of a schedule of one timestep always beta.
  private func reverseVariance(_ t: Int) -> Double {
    switch variance {
    case .beta: return schedule.beta[t]
    case .betaTilde:
      if schedule.timesteps == 1 { return schedule.beta[0] }
      return schedule.posterior(max(t, 1)).variance
    }
  }

  private static func value(_ pixel: UInt8) -> Double { Double(pixel) / 127.5 - 1 }

  /// The standard normal distribution function.
  private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}
