/// A schedule or a sampler that cannot be made from the numbers given.
public enum DiffusionError: Error, Equatable, Sendable {
  /// A schedule needs from 1 to `maximum` timesteps.
  case timesteps(Int, maximum: Int)
  /// The variances of single steps must rise from `start` to `end` within (0, 1).
  case betas(start: Double, end: Double)
  /// A list of variances of another length than the schedule.
  case listedCount(Int, timesteps: Int)
  /// A variance of a list that is not between 0 and 1.
  case listedBeta(Double, timestep: Int)
  /// A schedule that keeps its first abar and ends in noise needs two timesteps.
  case oneTimestepOfNoise
  /// A network that predicts the noise where there is nothing else.
  case noiseOfNoise
  /// A sampler takes from 1 to as many steps as the schedule has.
  case steps(Int, timesteps: Int)
  /// DDIM's eta must be from 0 to 1.
  case eta(Double)
  /// Karras's churn must be at least 0.
  case churn(Double)
}

extension DiffusionError: CustomStringConvertible {
  /// `<what>: <cause>; <way out>`.
  public var description: String {
    switch self {
    case .timesteps(let given, let maximum):
      "`timesteps`: must be from 1 to \(maximum), got \(given)"
    case .betas(let start, let end):
      "`beta-start` \(start), `beta-end` \(end): give numbers between 0 and 1, the second not smaller"
    case .listedCount(let given, let timesteps):
      "noise schedule: \(given) variances for \(timesteps) timesteps"
    case .listedBeta(let given, let timestep):
      "noise schedule: the variance of timestep \(timestep) is \(given), not between 0 and 1"
    case .oneTimestepOfNoise:
      "`timesteps`: a schedule that ends in pure noise needs at least 2"
    case .noiseOfNoise:
      """
      noise schedule: it ends in pure noise (zero terminal SNR), which cannot be combined with \
      predicting the noise (epsilon); predict the velocity or the image
      """
    case .steps(let given, let timesteps):
      "`steps`: must be from 1 to \(timesteps) (the model's timesteps), got \(given)"
    case .eta(let given):
      "`eta`: must be from 0 (deterministic) to 1 (as DDPM), got \(given)"
    case .churn(let given):
      "`churn`: must be at least 0, got \(given)"
    }
  }
}
