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
}

/// Sampler noise of one seed, the batch's numbers in one stream a step.
func streamNoise(seed: UInt64) -> (Int, inout [Float]) -> Void {
  { key, out in
    RandomStream(seed: seed, purpose: .samplerNoise, index: 0, step: key).fillNormal(&out)
  }
}
