import Foundation

/// What is left of normal noise after pixels have been held within [-1, 1].
struct ClippedNoise {
  /// How many places have a mean in each of 128 equal parts of [-1, 1].
  private let histogram: [Double]
  private static let levels = (0...255).map { Double($0) / 127.5 - 1 }

  /// - Parameters:
  ///   - means: local means of the clipped image, where its noise was measured.
  ///   - variance: of the noise that is left in them. It spreads them towards the ends, where more is
  ///     clipped; they are drawn together until they vary as much as without it.
  init(means: [Float], variance: Float) {
    var histogram = [Double](repeating: 0, count: 128)
    let count = Float(max(means.count, 1))
    let center = means.reduce(0, +) / count
    let spread = means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / count
    let factor = max(0, 1 - variance / max(spread, 1e-12)).squareRoot()
    for mean in means {
      let drawn = center + factor * (mean - center)
      histogram[max(0, min(127, Int((drawn + 1) * 64)))] += 1
    }
    self.histogram = histogram
  }

  /// The deviation of the noise before clipping, where `variance` is the mean variance after it.
  func deviationBeforeClipping(variance: Float) -> Double {
    let variance = Double(variance)
    var low = 0.9 * variance.squareRoot()
    var high = min(2, 3 * variance.squareRoot() + 0.01)
    // The mean variance after clipping rises with the deviation: bisect.
    for _ in 0..<20 {
      let middle = (low + high) / 2
      if meanVariance(deviation: middle) < variance { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The mean variance of clipped noise over the places of the histogram.
  private func meanVariance(deviation: Double) -> Double {
    let moments = Self.levels.map { Self.moments(mean: $0, deviation: deviation) }
    var sum = 0.0
    var weight = 0.0
    var level = 0
    for (bin, count) in histogram.enumerated() where count > 0 {
      // The clean level whose clipped mean is this: means rise with levels.
      let mean = (Double(bin) + 0.5) / 64 - 1
      while level < 254, moments[level + 1].mean < mean { level += 1 }
      let (below, above) = (moments[level], moments[level + 1])
      let fraction = max(0, min(1, (mean - below.mean) / (above.mean - below.mean)))
      sum += count * (below.variance + fraction * (above.variance - below.variance))
      weight += count
    }
    return weight > 0 ? sum / weight : deviation * deviation
  }

  /// Mean and variance of a normal number that is held within [-1, 1].
  private static func moments(mean: Double, deviation: Double) -> (mean: Double, variance: Double) {
    let (a, b) = ((-1 - mean) / deviation, (1 - mean) / deviation)
    let (below, above) = (erfc(-a / 2.squareRoot()) / 2, erfc(b / 2.squareRoot()) / 2)
    let (pa, pb) = (density(a), density(b))
    let inside = 1 - below - above
    let first = above - below + mean * inside + deviation * (pa - pb)
    let second =
      above + below + (mean * mean + deviation * deviation) * inside
      + 2 * mean * deviation * (pa - pb) + deviation * deviation * (a * pa - b * pb)
    return (first, second - first * first)
  }

  private static func density(_ z: Double) -> Double {
    exp(-z * z / 2) / (2 * Double.pi).squareRoot()
  }
}
