import Foundation

/// How near an image is to a reference.
package enum ImageQuality {
  /// The peak signal-to-noise ratio in decibels, infinite for equal images.
  ///
  /// Images are on the [-1, 1] scale, whose range is 255 gray levels.
  package static func peakSignalToNoise(_ image: [Float], reference: [Float]) -> Double {
    precondition(image.count == reference.count && !image.isEmpty, "the images differ in size")
    var sum = 0.0
    for (a, b) in zip(image, reference) {
      let difference = level(a) - level(b)
      sum += difference * difference
    }
    return 10 * log10(255 * 255 * Double(image.count) / sum)
  }

  /// The mean structural similarity (Wang et al. 2004) of gray levels 0 to 255, 1 for equal images.
  ///
  /// Gaussian windows of 11 x 11 with deviation 1.5, every window wholly within the image, the mean
  /// of the channels; as scikit-image's `structural_similarity` with `gaussian_weights=True,
  /// sigma=1.5, use_sample_covariance=False, data_range=255`. Images narrower than 11 get a smaller
  /// window.
  ///
  /// - Parameters:
  ///   - image: (C, H, W) on the [-1, 1] scale.
  ///   - reference: the same of the true image.
  package static func structuralSimilarity(
    _ image: [Float], reference: [Float], channels: Int, height: Int, width: Int
  ) -> Double {
    precondition(
      image.count == reference.count && image.count == channels * height * width
        && !image.isEmpty, "the images differ in size")
    let window = gaussianWindow(radius: min(5, (min(height, width) - 1) / 2))
    let area = height * width
    var sum = 0.0
    for c in 0..<channels {
      let x = image[(c * area)..<((c + 1) * area)].map(level)
      let y = reference[(c * area)..<((c + 1) * area)].map(level)
      sum += similarity(x, y, height, width, window)
    }
    return sum / Double(channels)
  }

  /// A value on the [-1, 1] scale as a gray level, exact for those that files of 8 or 16 bits hold.
  ///
  /// Single precision leaves an error of 1e-5 levels, which the similarity of dark images would show.
  private static func level(_ value: Float) -> Double {
    let level = (Double(value) + 1) * 127.5
    let stored = (level * 257).rounded() / 257
    return abs(level - stored) < 1e-5 ? stored : level
  }

  /// The mean of one plane of gray levels (eq. 13), with C1 = (0.01 · 255)^2 and C2 = (0.03 · 255)^2.
  private static func similarity(
    _ x: [Double], _ y: [Double], _ height: Int, _ width: Int, _ window: [Double]
  ) -> Double {
    func mean(_ plane: [Double]) -> [Double] { filtered(plane, height, width, window) }
    let (mx, my) = (mean(x), mean(y))
    let (xx, yy) = (mean(x.map { $0 * $0 }), mean(y.map { $0 * $0 }))
    let xy = mean(zip(x, y).map { $0 * $1 })
    let (c1, c2) = (6.5025, 58.5225)
    var sum = 0.0
    for i in mx.indices {
      let (vx, vy) = (xx[i] - mx[i] * mx[i], yy[i] - my[i] * my[i])
      let covariance = xy[i] - mx[i] * my[i]
      sum +=
        (2 * mx[i] * my[i] + c1) * (2 * covariance + c2)
        / ((mx[i] * mx[i] + my[i] * my[i] + c1) * (vx + vy + c2))
    }
    return sum / Double(mx.count)
  }

  private static func gaussianWindow(radius: Int) -> [Double] {
    let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The plane's weighted means over every window that lies within it.
  private static func filtered(
    _ plane: [Double], _ height: Int, _ width: Int, _ window: [Double]
  ) -> [Double] {
    let (rows, columns) = (height - window.count + 1, width - window.count + 1)
    var across = [Double](repeating: 0, count: height * columns)
    for y in 0..<height {
      for (k, weight) in window.enumerated() {
        for x in 0..<columns { across[y * columns + x] += weight * plane[y * width + x + k] }
      }
    }
    var result = [Double](repeating: 0, count: rows * columns)
    for y in 0..<rows {
      for (k, weight) in window.enumerated() {
        for x in 0..<columns { result[y * columns + x] += weight * across[(y + k) * columns + x] }
      }
    }
    return result
  }
}
