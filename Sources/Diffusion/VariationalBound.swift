#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension NoiseSchedule {
  /// What the bound's term of an example needs to be a loss for a learned variance, the last four
  /// coefficients of `hybridLoss` in Graph: what an error of the output is in the mean of the
  /// reverse step, log beta~ and log beta, and 1 for timestep 0.
  package func boundCoefficients(_ t: Int, _ objective: Objective) -> [Double] {
    let ends = logVariances(t)
    let factor = posterior(t).x0 * objective.x0(alphaBar: alphaBar[t]).output
    return [factor, ends.betaTilde, ends.beta, t == 0 ? 1 : 0]
  }
}

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
  package let variance: ReverseVariance

  /// The bound for reverse steps of a variance.
  package init(_ schedule: NoiseSchedule, variance: ReverseVariance = .betaTilde) {
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
  ///   - v: what the network gives of the variance, where that is learned.
  package func term(
    _ t: Int, pixels: [UInt8], xt: [Double], x0: [Double], v: [Double] = []
  ) -> Double {
    precondition(pixels.count == xt.count && pixels.count == x0.count, "images differ in size")
    precondition(!variance.isLearned || v.count == xt.count, "the network gives no variance")
    let posterior = schedule.posterior(t)
    let variances = reverseVariances(t, v)
    let sum =
      t == 0
      ? decoder(posterior, variances, pixels, xt, x0)
      : divergence(posterior, variances, pixels, x0)
    return sum / Double(pixels.count) / log(2)
  }

  /// The divergence of two Gaussians whose means differ by the posterior's weight of x_0 times its
  /// error.
  private func divergence(
    _ posterior: Posterior, _ variances: Variances, _ pixels: [UInt8], _ x0: [Double]
  ) -> Double {
    var sum = 0.0
    for i in pixels.indices {
      let variance = variances[i]
      let difference = posterior.x0 * (Self.value(pixels[i]) - x0[i])
      sum +=
        0.5
        * (log(variance / posterior.variance) - 1
          + (posterior.variance + difference * difference) / variance)
    }
    return sum
  }

  /// The discretized Gaussian decoder (Ho et al. 2020, eq. 13): a pixel's probability is what lies
  /// within 1/255 of its value, of 0 and 255 also all that lies beyond; at least 1e-12, as in
  /// improved-diffusion.
  private func decoder(
    _ posterior: Posterior, _ variances: Variances, _ pixels: [UInt8], _ xt: [Double],
    _ x0: [Double]
  ) -> Double {
    var sum = 0.0
    for i in pixels.indices {
      let deviation = variances[i].squareRoot()
      let distance = Self.value(pixels[i]) - (posterior.x0 * x0[i] + posterior.xt * xt[i])
      let upper = pixels[i] == 255 ? 1 : Self.normal((distance + 1 / 255.0) / deviation)
      let lower = pixels[i] == 0 ? 0 : Self.normal((distance - 1 / 255.0) / deviation)
      sum -= log(max(upper - lower, 1e-12))
    }
    return sum
  }

  /// sigma_t^2 of every element: one for all, or each its own.
  private struct Variances {
    let values: [Double]
    subscript(i: Int) -> Double { values.count == 1 ? values[0] : values[i] }
  }

  private func reverseVariances(_ t: Int, _ v: [Double]) -> Variances {
    let (smallest, largest) = schedule.logVariances(t)
    switch variance {
    case .beta: return Variances(values: [schedule.beta[t]])
    case .betaTilde: return Variances(values: [exp(smallest)])
    case .learned:
      // Nichol & Dhariwal 2021, eq. 15.
      return Variances(
        values: v.map { exp(($0 + 1) / 2 * largest + (1 - $0) / 2 * smallest) })
    case .learnedDirectly: return Variances(values: v.map { max($0, 1e-20) })
    }
  }

  private static func value(_ pixel: UInt8) -> Double { Double(pixel) / 127.5 - 1 }

  /// The standard normal distribution function.
  private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}
