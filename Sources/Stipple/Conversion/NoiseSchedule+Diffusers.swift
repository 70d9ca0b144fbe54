internal import Diffusion
internal import Networks

extension NoiseSchedule.Configuration {
  /// The schedule of a diffusers scheduler; nil where its variances are listed one by one and are
  /// those of no kind.
  init?(_ scheduler: DiffusersScheduler) {
    let timesteps = scheduler.timesteps
    switch scheduler.betas {
    case .linear(let start, let end):
      self.init(kind: .linear, timesteps: timesteps, betaStart: start, betaEnd: end)
    case .scaledLinear(let start, let end):
      self.init(kind: .scaledLinear, timesteps: timesteps, betaStart: start, betaEnd: end)
    case .cosine:
      self.init(kind: .cosine, timesteps: timesteps)
    case .listed(let betas):
      guard let found = Self.recognised(in: betas) else { return nil }
      self = found
    }
  }

  /// The same for a diffusers scheduler.
  var diffusersBetas: DiffusersScheduler.Betas {
    switch kind {
    case .linear: .linear(start: betaStart, end: betaEnd)
    case .scaledLinear: .scaledLinear(start: betaStart, end: betaEnd)
    case .cosine: .cosine
    }
  }

  /// The schedule whose variances `betas` are, as well as single precision can tell.
  private static func recognised(in betas: [Double]) -> Self? {
    guard let first = betas.first, let last = betas.last else { return nil }
    let (start, end) = (decimal(first), decimal(last))
    let candidates = NoiseSchedule.Kind.allCases.map { kind in
      kind == .cosine
        ? Self(kind: kind, timesteps: betas.count)
        : Self(kind: kind, timesteps: betas.count, betaStart: start, betaEnd: end)
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

extension Objective {
  init(_ prediction: DiffusersScheduler.Prediction) {
    switch prediction {
    case .noise: self = .epsilon
    case .image: self = .image
    case .velocity: self = .velocity
    }
  }

  var diffusersPrediction: DiffusersScheduler.Prediction {
    switch self {
    case .epsilon: .noise
    case .image: .image
    case .velocity: .velocity
    }
  }
}
