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

  /// Weights, by default without noise.
  package init(x: [Double], x0: [Double], unclipped: Double = 0, noise: Double = 0) {
    self.x = x
    self.x0 = x0
    self.unclipped = unclipped
    self.noise = noise
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
    return StepWeights(
      x: x.map { $0 * scale }, x0: x0.map { $0 * scale }, unclipped: unclipped * scale,
      noise: (scale * scale * noise * noise + added * added).squareRoot())
  }

  /// The weighted sum over batches.
  ///
  /// - Parameters:
  ///   - images: x_i, x_{i-1}, …; at least as many as have weights.
  ///   - predictions: x0_i, x0_{i-1}, …; likewise.
  ///   - unclipped: x0'_i; read where it has a weight.
  ///   - z: standard normal numbers; read where the noise has a weight.
  package func sum(
    images: [[Float]], predictions: [[Float]], unclipped prediction: [Float] = [], z: [Float]
  ) -> [Float] {
    let terms =
      Array(zip(x, images)) + Array(zip(x0, predictions))
      + (unclipped == 0 ? [] : [(unclipped, prediction)]) + (noise == 0 ? [] : [(noise, z)])
    let count = images[0].count
    precondition(images.count >= x.count && predictions.count >= x0.count, "too short a history")
    precondition(terms.allSatisfy { $0.1.count == count }, "the batches differ in size")
    // Blocks, whose sums in double precision take little memory.
    let block = 4096
    var sums = [Double](repeating: 0, count: min(block, count))
    return [Float](unsafeUninitializedCapacity: count) { out, initialized in
      for first in stride(from: 0, to: count, by: block) {
        let size = min(block, count - first)
        for (number, (weight, values)) in terms.enumerated() {
          for i in 0..<size {
            let term = weight * Double(values[first + i])
            sums[i] = number == 0 ? term : sums[i] + term
          }
        }
        for i in 0..<size { out[first + i] = Float(sums[i]) }
      }
      initialized = count
    }
  }
}
