#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The variances of the forward process and what follows from them, in double precision.
///
/// Timesteps are t = 0 … T - 1 from the least noisy on, as in diffusers; t = -1 stands for the
/// clean image. Symbols: alpha_t = 1 - beta_t, abar_t = alpha_0 · … · alpha_t, abar_{-1} = 1.
package struct NoiseSchedule: Sendable, Equatable {
  /// What the schedule was made from.
  package let configuration: Configuration
  /// beta_t, the variance that step t adds.
  package let beta: [Double]
  /// abar_t, the part of the image's variance that is left after step t.
  package let alphaBar: [Double]

  /// Computes the schedule. Throws `DiffusionError` where the configuration makes none.
  package init(_ configuration: Configuration = Configuration()) throws(DiffusionError) {
    try configuration.validate()
    self.configuration = configuration
    beta = configuration.beta()
    var product = 1.0
    alphaBar = beta.map { beta in
      product *= 1 - beta
      return product
    }
  }

  /// T, the number of timesteps.
  package var timesteps: Int { beta.count }

  /// sqrt(abar) at a timestep: the share of the image that is left there.
  package func signal(at t: Double) -> Double { alphaBar(at: t).squareRoot() }

  /// The share of the image that is left at the last timestep. Sampling begins there with nothing but
  /// noise, which a network has not seen where much is left (Lin et al. 2024, section 3.1).
  package var signalAtEnd: Double { alphaBar.last.map { $0.squareRoot() } ?? 1 }

  /// The most signal that passes for none.
  package static let negligibleSignal = 0.05

  /// abar_{t-1}: 1 for t = 0.
  package func alphaBarBefore(_ t: Int) -> Double { t == 0 ? 1 : alphaBar[t - 1] }

  /// The ratio of the image's to the noise's variance, abar_t / (1 - abar_t) (Kingma et al. 2021).
  package func signalToNoise(_ t: Int) -> Double { alphaBar[t] / (1 - alphaBar[t]) }

  /// q(x_{t-1} | x_t, x_0) (Ho et al. 2020, eq. 7).
  package func posterior(_ t: Int) -> Posterior {
    Posterior(alphaBar: alphaBar[t], alphaBarBefore: alphaBarBefore(t), beta: beta[t])
  }

  /// The ends between which a learned variance of timestep t lies, beta~ and beta, as logarithms. For
  /// beta~ of timestep 0, which is 0, there stands timestep 1's, as in improved-diffusion; beta where
  /// there is no other timestep.
  func logVariances(_ t: Int) -> (betaTilde: Double, beta: Double) {
    let smallest = timesteps == 1 ? beta[0] : posterior(max(t, 1)).variance
    return (log(smallest), log(beta[t]))
  }
}

/// The Gaussian q(x_s | x_t, x_0) of an earlier level s of the forward process (Ho et al. 2020,
/// eq. 7).
package struct Posterior: Sendable, Equatable {
  /// The weight of x_0 in the mean: beta sqrt(abar_s) / (1 - abar_t).
  package let x0: Double
  /// The weight of x_t in the mean: (1 - abar_s) sqrt(alpha) / (1 - abar_t).
  package let xt: Double
  /// The variance of the forward process between the two levels, beta = 1 - abar_t / abar_s.
  package let beta: Double
  /// The posterior's variance, beta~ = beta (1 - abar_s) / (1 - abar_t).
  package let variance: Double

  /// The posterior of the level with `alphaBarBefore` given the noisier one with `alphaBar`.
  package init(alphaBar: Double, alphaBarBefore: Double) {
    self.init(
      alphaBar: alphaBar, alphaBarBefore: alphaBarBefore, beta: 1 - alphaBar / alphaBarBefore)
  }

  /// exp(u log beta + (1 - u) log beta~) with u = (v + 1) / 2, so that -1 stands for beta~ and 1 for
  /// beta (Nichol & Dhariwal 2021, eq. 15).
  package func variance(between v: Double) -> Double {
    let u = (v + 1) / 2
    // beta~ is 0 on the way to the clean image; diffusers holds it here.
    return exp(u * log(beta) + (1 - u) * log(max(variance, 1e-20)))
  }

  init(alphaBar: Double, alphaBarBefore: Double, beta: Double) {
    self.beta = beta
    x0 = beta * alphaBarBefore.squareRoot() / (1 - alphaBar)
    xt = (1 - alphaBarBefore) * (1 - beta).squareRoot() / (1 - alphaBar)
    variance = beta * (1 - alphaBarBefore) / (1 - alphaBar)
  }
}
