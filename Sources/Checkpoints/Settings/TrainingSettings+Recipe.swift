internal import Diffusion

extension TrainingSettings {
  /// What a paper's training is like, but for the network.
  public enum Recipe: String, Codable, Sendable, CaseIterable {
    /// Ho et al. 2020: epsilon, linear schedule, constant learning rate.
    case ddpm
    /// Salimans & Ho 2022: velocity, with the cosine schedule of Nichol & Dhariwal 2021.
    case velocity
    /// Karras et al. 2022: preconditioned, log-normal noise levels.
    case edm
    /// Lipman et al. 2023, Liu et al. 2023, with the logit-normal timesteps of Esser et al. 2024.
    case flow
  }

  /// Takes on a recipe's values.
  ///
  /// Those of minutes to hours rather than of days: a learning rate that begins high and falls along the run.
  mutating func follow(_ recipe: Recipe) {
    self.recipe = recipe
    switch recipe {
    case .ddpm: return
    case .velocity: (schedule, objective) = ("cosine", .velocity)
    case .edm: (schedule, objective, timestepSampling) = ("edm", .edm, .logNormal)
    case .flow: (schedule, objective, timestepSampling) = ("flow", .flow, .logitNormal)
    }
    (learningRate, warmup, rate) = (1e-3, 100, .cosine)
  }
}
