import Diffusion
import Random

/// Images whose every pixel is N(mean, deviation^2): for them the best prediction of the noise is
/// known in closed form, and with it the distribution that a sampler must give.
struct GaussianData: Sendable {
  var mean = 0.3
  var deviation = 0.25

  /// E[eps | x_t = x] for x_t = sqrt(abar) x_0 + sqrt(1 - abar) eps.
  func epsilon(_ x: [Float], alphaBar: Double) -> [Float] {
    let scale = (1 - alphaBar).squareRoot() / (alphaBar * deviation * deviation + 1 - alphaBar)
    let shift = alphaBar.squareRoot() * mean
    return x.map { Float(scale * (Double($0) - shift)) }
  }

  /// What a perfect network answers that was trained for an objective.
  func output(_ x: [Float], alphaBar: Double, _ objective: Objective) -> [Float] {
    let target = objective.target(alphaBar: alphaBar)
    return zip(x, epsilon(x, alphaBar: alphaBar)).map { x, epsilon in
      Float(target.x0 * x0(Double(x), alphaBar: alphaBar) + target.epsilon * Double(epsilon))
    }
  }

  /// dE[x_0 | x_t] / dx_t: the conditional mean is linear.
  func slope(alphaBar: Double) -> Double {
    let spread = deviation * deviation
    return alphaBar.squareRoot() * spread / (alphaBar * spread + 1 - alphaBar)
  }

  /// E[x_0 | x_t = x].
  func x0(_ x: Double, alphaBar: Double) -> Double {
    mean + slope(alphaBar: alphaBar) * (x - alphaBar.squareRoot() * mean)
  }

  /// Where the probability flow takes x from one level to another (Song et al. 2021, eq. 13): the
  /// distance from the mean, in standard deviations, stays.
  func flow(_ x: Double, from alphaBar: Double, to end: Double) -> Double {
    func variance(_ alphaBar: Double) -> Double {
      alphaBar * deviation * deviation + 1 - alphaBar
    }
    return end.squareRoot() * mean
      + (variance(end) / variance(alphaBar)).squareRoot() * (x - alphaBar.squareRoot() * mean)
  }
}

/// Sampler noise of one seed, the batch's numbers in one stream a step.
func streamNoise(seed: UInt64) -> (NoiseKey, inout [Float]) -> Void {
  { key, out in
    RandomStream(
      seed: seed, purpose: .samplerNoise, index: 0, step: key.timestep, site: key.repetition
    ).fillNormal(&out)
  }
}

/// Every way of sampling that there is, on a plan.
enum AnySampler: CaseIterable {
  case ddpmBeta, ddpm, ddim, ddimHalf, euler, eulerChurn, eulerAncestral, heun, heunChurn
  case dpmSolver2M, dpmSolver2S, dpmSolver3M, dpmSolver2MSDE, uniPC

  /// Those that add no noise.
  static let deterministic: [AnySampler] = [
    .ddim, .euler, .heun, .dpmSolver2M, .dpmSolver2S, .dpmSolver3M, .uniPC,
  ]

  func on(_ plan: TimestepPlan, _ schedule: NoiseSchedule) throws -> any Sampler {
    switch self {
    case .ddpmBeta: AncestralSampler(schedule, variance: .beta, plan: plan)
    case .ddpm: AncestralSampler(schedule, variance: .betaTilde, plan: plan)
    case .ddim: try ImplicitSampler(schedule, plan: plan)
    case .ddimHalf: try ImplicitSampler(schedule, plan: plan, eta: 0.5)
    case .euler: try EulerSampler(schedule, plan: plan)
    case .eulerChurn: try EulerSampler(schedule, plan: plan, churn: 10)
    case .eulerAncestral: EulerAncestralSampler(schedule, plan: plan)
    case .heun: try HeunSampler(schedule, plan: plan)
    case .heunChurn: try HeunSampler(schedule, plan: plan, churn: 40)
    case .dpmSolver2M: DPMSolver2M(schedule, plan: plan)
    case .dpmSolver2S: DPMSolver2S(schedule, plan: plan)
    case .dpmSolver3M: DPMSolver3M(schedule, plan: plan)
    case .dpmSolver2MSDE: DPMSolver2MSDE(schedule, plan: plan)
    case .uniPC: UniPCSampler(schedule, plan: plan)
    }
  }
}
