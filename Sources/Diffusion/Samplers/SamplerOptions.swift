/// What samplers can be told; each takes notice of what its `options` name.
package struct SamplerOptions: Equatable, Sendable {
  /// How much of the ancestral noise DDIM adds, and how much of its noise consistency sampling draws anew, from 0 to 1.
  package var eta: Double
  /// Whether DDIM's eps follows from the x_0 that a threshold has changed; false takes what the network
  /// says, whatever becomes of x_0. Without a threshold both are the same.
  package var usesClippedOutput: Bool
  /// S_churn of Karras et al. 2022: how much noise is put back before each step.
  package var churn: Double
  /// The variance of ancestral steps.
  package var variance: ReverseVariance
  /// Ways back up of ancestral sampling; nil for none.
  package var resampling: Resampling?

  /// Options, by default those that add no noise, and beta~.
  package init(
    eta: Double = 0, usesClippedOutput: Bool = true, churn: Double = 0,
    variance: ReverseVariance = .betaTilde, resampling: Resampling? = nil
  ) {
    self.eta = eta
    self.usesClippedOutput = usesClippedOutput
    self.churn = churn
    self.variance = variance
    self.resampling = resampling
  }
}
