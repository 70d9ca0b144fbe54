import Foundation

/// An average of the weights of all steps in which step tau of t counts as tau^gamma (Karras et al. 2024,
/// "Analyzing and improving the training dynamics of diffusion models", section 3.1).
///
/// However long the training, its shape is the same: the deviation of the steps that it is of, as a part
/// of all steps, is the average's length, sigma_rel in the paper.
package struct PowerFunctionAverage: Equatable, Sendable {
  /// sigma_rel: above 0, and at most the length of the mean of all steps, 1 / root 12.
  package let length: Double
  /// gamma.
  package let exponent: Double

  /// The lengths that averages can have; the mean of all steps has 1 / root 12 = 0.28867….
  package static let lengths = 0.001...0.2886

  /// The average of a length, whose exponent follows from sigma_rel =
  /// (gamma + 1)^(1/2) (gamma + 2)^(-1) (gamma + 3)^(-1/2) (eq. 3).
  package init(length: Double) {
    precondition(Self.lengths.contains(length), "no average has the length \(length)")
    self.length = length
    // The length falls as gamma grows, and is below 1 / gamma.
    var (low, high) = (0.0, 1 / length)
    for _ in 0..<200 {
      let gamma = (low + high) / 2
      let squared = (gamma + 1) / ((gamma + 2) * (gamma + 2) * (gamma + 3))
      if squared > length * length { low = gamma } else { high = gamma }
    }
    exponent = low
  }

  /// beta(t) = (1 - 1/t)^(gamma + 1): what stays of the average when the weights of step t come in, the
  /// first step being 1 (eq. 2).
  package func decay(_ step: Int) -> Double {
    precondition(step > 0, "there is no step \(step)")
    return pow(1 - 1 / Double(step), exponent + 1)
  }

  /// The inner product of the profiles of two averages, each at its own last step (appendix C,
  /// algorithm 3).
  package static func innerProduct(
    _ a: PowerFunctionAverage, at stepA: Int, _ b: PowerFunctionAverage, at stepB: Int
  ) -> Double {
    let ratio = Double(stepA) / Double(stepB)
    let power = pow(ratio, stepA < stepB ? b.exponent : -a.exponent)
    return (a.exponent + 1) * (b.exponent + 1) * power
      / ((a.exponent + b.exponent + 1) * Double(max(stepA, stepB)))
  }
}
