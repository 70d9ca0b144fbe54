internal import Checkpoints
internal import Diffusion
internal import Networks

extension NoiseSchedule.Configuration {
  /// The schedule of a diffusers scheduler. Variances that are listed one by one are recognized where
  /// they are those of a kind.
  init(_ scheduler: DiffusersScheduler) {
    let timesteps = scheduler.timesteps
    switch scheduler.betas {
    case .linear(let start, let end):
      self.init(kind: .linear, timesteps: timesteps, betaStart: start, betaEnd: end)
    case .scaledLinear(let start, let end):
      self.init(kind: .scaledLinear, timesteps: timesteps, betaStart: start, betaEnd: end)
    case .cosine:
      self.init(kind: .cosine, timesteps: timesteps)
    case .sigmoid(let start, let end):
      self.init(kind: .sigmoidBeta, timesteps: timesteps, betaStart: start, betaEnd: end)
    case .flow: self.init(kind: .flow, timesteps: timesteps)
    case .edm, .consistency(_): self.init(kind: .edm, timesteps: timesteps)
    case .listed(let betas):
      self = Self.recognized(in: betas) ?? Self(betas: betas)
    }
    endsInNoise = scheduler.endsInNoise
  }

  /// The same for a diffusers scheduler, before it is made to end in noise.
  var diffusersBetas: DiffusersScheduler.Betas {
    switch kind {
    case .linear: .linear(start: betaStart, end: betaEnd)
    case .scaledLinear: .scaledLinear(start: betaStart, end: betaEnd)
    case .cosine: .cosine
    case .sigmoidBeta: .sigmoid(start: betaStart, end: betaEnd)
    case .flow: .flow
    case .edm: .edm
    case .sigmoid: .listed(Self.init(kind: .sigmoid, timesteps: timesteps).beta())
    case .listed: .listed(betas ?? [])
    }
  }

  /// The schedule whose variances `betas` are, as well as single precision can tell.
  private static func recognized(in betas: [Double]) -> Self? {
    guard let first = betas.first, let last = betas.last else { return nil }
    let (start, end) = (decimal(first), decimal(last))
    let candidates = NoiseSchedule.Kind.allCases.map { kind in
      kind.hasEnds
        ? Self(kind: kind, timesteps: betas.count, betaStart: start, betaEnd: end)
        : Self(kind: kind, timesteps: betas.count)
    }
    return candidates.first { candidate in
      guard let schedule = try? NoiseSchedule(candidate) else { return false }
      return zip(schedule.beta, betas).allSatisfy { abs($0 - $1) <= 1e-5 * $0 }
    }
  }

  /// 0.0001 for what is 9.999999747378752e-05 after a time in single precision.
  private static func decimal(_ value: Double) -> Double {
    let single = Float(value)
    return Double(single) == value ? Double("\(single)") ?? value : value
  }
}

extension ReverseVariance {
  /// What a model keeps of a scheduler's variance: nil for the usual one.
  static func trained(for variance: DiffusersScheduler.Variance) -> Self? {
    switch variance {
    case .small: nil
    case .large: .beta
    case .learnedRange: .learned
    case .learned: .learnedDirectly
    }
  }

  var diffusersVariance: DiffusersScheduler.Variance {
    switch self {
    case .beta: .large
    case .betaTilde: .small
    case .learned: .learnedRange
    case .learnedDirectly: .learned
    }
  }
}

extension Objective {
  init(_ prediction: DiffusersScheduler.Prediction) {
    switch prediction {
    case .noise: self = .epsilon
    case .image: self = .image
    case .velocity: self = .velocity
    case .flow: self = .flow
    case .edm: self = .edm
    }
  }

  var diffusersPrediction: DiffusersScheduler.Prediction {
    switch self {
    case .epsilon: .noise
    case .image: .image
    case .velocity: .velocity
    case .flow: .flow
    case .edm: .edm
    }
  }
}
