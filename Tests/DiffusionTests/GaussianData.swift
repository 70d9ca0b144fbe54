import Diffusion
import Random
import Testing

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

extension GaussianData {
  /// Mean and standard deviation of what a table makes of standard normal numbers by a perfect network: as
  /// every row is linear, both are known exactly, without drawing anything.
  func exact(_ table: SamplingTable) -> (mean: Double, deviation: Double) {
    // What images and predictions are made of, newest first: 1, the start, and the noise of each row.
    var images = [[0, 1] + [Double](repeating: 0, count: table.rows.count)]
    var predictions: [[Double]] = []
    for (i, row) in table.rows.enumerated() {
      let alphaBar = table.schedule.alphaBar(at: table.timesteps[i])
      var prediction = images[0].map { slope(alphaBar: alphaBar) * $0 }
      prediction[0] += x0(0, alphaBar: alphaBar)
      predictions.insert(prediction, at: 0)
      var next = images[0].map { _ in 0.0 }
      for (weight, made) in Array(zip(row.x, images)) + Array(zip(row.x0, predictions)) {
        for j in next.indices { next[j] += weight * made[j] }
      }
      next[2 + i] += row.noise
      images.insert(next, at: 0)
    }
    let variance = images[0].dropFirst().reduce(0) { $0 + $1 * $1 }
    return (images[0][0], variance.squareRoot())
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

/// A sampler with options, as tests go through them.
struct SamplerCase: Sendable, CustomTestStringConvertible {
  let sampler: Sampler
  var options = SamplerOptions()

  init(_ sampler: Sampler, _ options: SamplerOptions = SamplerOptions()) {
    (self.sampler, self.options) = (sampler, options)
  }

  /// Every sampler that there is, with some of each option that it takes.
  static let all = Sampler.allCases.flatMap { sampler in
    [SamplerCase(sampler)]
      + (sampler.options.contains(.eta) ? [SamplerCase(sampler, .init(eta: 0.5))] : [])
      + (sampler.options.contains(.churn) ? [SamplerCase(sampler, .init(churn: 40))] : [])
      + (sampler.options.contains(.variance) ? [SamplerCase(sampler, .init(variance: .beta))] : [])
  }

  /// Whether its steps add noise.
  var addsNoise: Bool { sampler.isStochastic || options.eta > 0 || options.churn > 0 }

  func on(_ plan: TimestepPlan, _ schedule: NoiseSchedule) throws -> SamplingTable {
    try sampler.table(schedule, plan, options)
  }

  var testDescription: String {
    "\(sampler), eta \(options.eta), churn \(options.churn), \(options.variance)"
  }
}
