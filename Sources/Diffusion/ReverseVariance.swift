/// The variance of a reverse step: a constant of time (Ho et al. 2020, section 3.2), or what the
/// network gives for each element in the second half of its channels.
public enum ReverseVariance: String, Codable, Sendable, CaseIterable {
  /// beta, best for x_0 ~ N(0, I).
  case beta
  /// beta~, the posterior's, best for a single x_0.
  case betaTilde = "beta-tilde"
  /// Between both, as the network says (Nichol & Dhariwal 2021, eq. 15; diffusers' `learned_range`).
  case learned
  /// The network's number itself, which nothing holds within bounds (diffusers' `learned`).
  case learnedDirectly = "learned-directly"

  /// Whether the network has twice the channels of the image.
  package var isLearned: Bool { self == .learned || self == .learnedDirectly }
}
