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

    /// What is usual: the best pictures after minutes to hours on a CPU (BENCHMARKS.md).
    public static let standard = Recipe.flow

    /// The settings any of which implies `ddpm` where no recipe is named: who chooses a part of the diffusion process
    /// expects the classical one around it.
    public static let settingsOfProcess: [CodingKeys] = [
      .schedule, .betaStart, .betaEnd, .betas, .zeroTerminalSNR, .objective, .variance,
      .timestepSampling, .noiseRange, .degradation, .lossWeighting, .minSNRGamma,
    ]

    /// The recipe of settings that name none.
    public static func usual(with named: some Sequence<CodingKeys>) -> Recipe {
      named.contains(where: settingsOfProcess.contains) ? .ddpm : .standard
    }
  }

  /// Takes on a recipe's values in settings that are as `ddpm` has them.
  ///
  /// For minutes to hours rather than days the learning rate begins high and falls along the run.
  mutating func follow(_ recipe: Recipe) {
    self.recipe = recipe
    switch recipe {
    case .ddpm:
      augment = 0
      return
    case .velocity: (schedule, objective) = ("cosine", .velocity)
    case .edm: (schedule, objective, timestepSampling) = ("edm", .edm, .logNormal)
    case .flow: (schedule, objective, timestepSampling) = ("flow", .flow, .logitNormal)
    }
    (learningRate, warmup, learningRateSchedule) = (1e-3, 100, .cosine)
  }
}
