/// What a step makes of the images and predictions so far, newest first, and of fresh noise:
///
///     x ← a_0 x_i + a_1 x_{i-1} + … + b_0 x0_i + b_1 x0_{i-1} + … + d x0'_i + c z
///
/// where x_i went into evaluation i of the network, x0_i is the x_0 predicted there, and x0'_i the same
/// before a threshold has changed it.
package struct StepWeights: Sendable, Equatable {
  /// a_0, a_1, …: the weights of the images.
  package var x: [Double]
  /// b_0, b_1, …: the weights of the predictions.
  package var x0: [Double]
  /// d: the weight of the newest prediction as the network gave it.
  package var unclipped: Double
  /// c: the weight of the noise.
  package var noise: Double
  /// What the noise is multiplied by, element by element, where the network gives the variance.
  package var learned: LearnedDeviation?

  /// Weights, by default without noise.
  package init(
    x: [Double], x0: [Double], unclipped: Double = 0, noise: Double = 0,
    learned: LearnedDeviation? = nil
  ) {
    self.x = x
    self.x0 = x0
    self.unclipped = unclipped
    self.noise = noise
    self.learned = learned
  }

  /// The straight line from one level to another, exact where the prediction does not change on the
  /// way (Song et al. 2021, eq. 12 with sigma 0):
  ///
  ///     x_t = sigma_t / sigma_s x_s + (alpha_t - alpha_s sigma_t / sigma_s) x_0
  init(from s: Level, to t: Level) {
    let ratio = t.noise / s.noise
    self.init(x: [ratio], x0: [t.signal - s.signal * ratio])
  }

  /// The step followed by noise that takes the images from level `t` up to `hat` (Karras et al. 2022,
  /// algorithm 2, line 6).
  func raised(from t: Level, to hat: Level) -> StepWeights {
    let (scale, added) = t.rise(to: hat)
    // What learned noise weighs is in its deviations.
    return StepWeights(
      x: x.map { $0 * scale }, x0: x0.map { $0 * scale }, unclipped: unclipped * scale,
      noise: learned == nil ? (scale * scale * noise * noise + added * added).squareRoot() : 1,
      learned: learned?.raised(by: scale, added))
  }
}
