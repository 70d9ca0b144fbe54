/// What an example's squared error counts for, by its signal-to-noise ratio SNR = abar / (1 - abar).
package enum LossWeight: Equatable, Sendable {
  /// All alike: L_simple for epsilon (Ho et al. 2020, eq. 14).
  case constant
  /// min(SNR, gamma) on x_0, whatever is predicted (Hang et al. 2023, section 3.4): less noisy examples
  /// do not outweigh the others.
  case minSNR(gamma: Double)

  /// The weight at the level `alphaBar` of the squared error in what `objective` predicts.
  package func callAsFunction(alphaBar: Double, _ objective: Objective) -> Double {
    switch self {
    case .constant: return 1
    case .minSNR(let gamma):
      let ratio = alphaBar / (1 - alphaBar)
      // The error of x_0 is the output's times this squared (`Objective.x0`).
      let factor = objective.x0(alphaBar: alphaBar).output
      return min(ratio, gamma) * factor * factor
    }
  }
}
