#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What an example's squared error counts for, by its timestep. With SNR = abar / (1 - abar):
package enum LossWeight: Equatable, Sendable {
  /// All alike: L_simple for epsilon (Ho et al. 2020, eq. 14).
  case constant
  /// min(SNR, gamma) on x_0, whatever is predicted (Hang et al. 2023, section 3.4): less noisy examples
  /// do not outweigh the others.
  case minSNR(gamma: Double)
  /// max(SNR, 1) on x_0, whatever is predicted (Salimans & Ho 2022, section 4): as epsilon's loss, but
  /// that the noisiest examples are not forgotten.
  case truncatedSNR
  /// What the error has in the variational bound of a fixed variance sigma_t^2 (Ho et al. 2020, eq. 8 and
  /// 12): T / (2 sigma_t^2 log 2) times the posterior's weight of x_0, squared, on x_0. Then the loss is
  /// the bound in bits per dimension, but for what does not depend on the network.
  case bound(ReverseVariance)

  /// The weight at timestep `t` of the squared error in what `objective` predicts.
  package func callAsFunction(
    at t: Double, of schedule: NoiseSchedule, _ objective: Objective
  ) -> Double {
    if self == .constant { return 1 }
    let alphaBar = schedule.alphaBar(at: t)
    // The error of x_0 is the output's times this squared (`Objective.x0`).
    let factor = objective.x0(alphaBar: alphaBar).output
    return x0Weight(at: t, alphaBar, schedule) * factor * factor
  }

  private func x0Weight(at t: Double, _ alphaBar: Double, _ schedule: NoiseSchedule) -> Double {
    let ratio = alphaBar / (1 - alphaBar)
    switch self {
    case .constant: return 1
    case .minSNR(let gamma): return min(ratio, gamma)
    case .truncatedSNR: return max(ratio, 1)
    case .bound(let variance):
      precondition(t == t.rounded(), "the bound has terms at whole timesteps alone")
      let (smallest, largest) = schedule.logVariances(Int(t))
      let weight = schedule.posterior(Int(t)).x0
      let steps = Double(schedule.timesteps)
      return steps * weight * weight / (2 * exp(variance == .beta ? largest : smallest) * log(2))
    }
  }
}
