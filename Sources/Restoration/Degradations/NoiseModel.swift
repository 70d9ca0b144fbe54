import Foundation
package import Random

/// Noise as cameras and scanners have it, in gray levels of 255. The noise of channel c at a pixel of value x is
///
///     n_c = s_c (Y + k (w_c - Y)),   s_c^2 = sigma^2 + gain x_c + 4 grain^2 u (1 - u),   u = x_c / 255
///
/// where w are standard normal numbers, of a sensor's pattern interpolated, and spatially filtered to their own
/// variance, and Y is their mean over the channels: `sigma` is the noise of the electronics, `gain x` that of counting
/// photons (Foi et al. 2008), `grain` that of film, most in the middle tones; `chroma` (k) makes color noise
/// stronger or weaker than brightness noise, and the filters make neighbors alike, as resizing does. What cameras do
/// against noise leaves more of what is coarse: part of it, `wide`, is filtered three times as widely.
package struct NoiseModel: Equatable, Sendable {
  /// The standard deviation in black.
  package var sigma = 0.0
  /// By how much the variance grows with each gray level.
  package var gain = 0.0
  /// The standard deviation that middle gray has more.
  package var grain = 0.0
  /// The ratio of color noise to brightness noise; 1 for noise that the channels do not share.
  package var chroma = 1.0
  /// The standard deviation in pixels of the filter of brightness noise; 0 for none.
  package var radius = 0.0
  /// The same of color noise.
  package var chromaRadius = 0.0
  /// The weight of filters that are three times as wide, from 0 to 1.
  package var wide = 0.0
  /// The pattern of the sensor; nil for one that sees all colors at each pixel.
  var pattern: BayerPattern?
  /// Whether all channels have the same noise.
  package var isGray = false

  /// Gaussian noise, and such as grows with each gray level.
  package init(sigma: Double = 0, gain: Double = 0) { (self.sigma, self.gain) = (sigma, gain) }

  /// The noise's variance in a channel at a value, both in gray levels.
  package func variance(at value: Double) -> Double {
    let value = min(max(value, 0), 255)
    let tone = value / 255
    return sigma * sigma + gain * value + 4 * grain * grain * tone * (1 - tone)
  }

  /// An image with noise, and how much each pixel has.
  package struct Noisy {
    /// (C, H, W) on the [-1, 1] scale, neither rounded nor clipped.
    package var values: [Float]
    /// (H, W) each, of a gray image one, else brightness and color: the standard deviation of the noise, on that scale;
    /// of white noise sigma / 127.5 both.
    package var levels: [Float]
  }

  /// Adds the noise.
  ///
  /// - Parameters:
  ///   - image: (C, H, W) on the [-1, 1] scale, gray or RGB.
  ///   - stream: where the random numbers are from.
  package func noisy(
    _ image: [Float], channels: Int, width: Int, height: Int, _ stream: RandomStream
  ) -> Noisy {
    let area = width * height
    precondition(image.count == channels * area, "the image has another size")
    let noise = unitNoise(channels: channels, width: width, height: height, stream)
    var values = image
    var level = [Float](repeating: 0, count: area)
    let hasPattern = pattern != nil && !isGray && channels > 1
    let share = (hasPattern ? BayerPattern.variances.reduce(0, +) / 3 : 1) / Float(channels)
    for i in image.indices {
      let deviation = Float(variance(at: Double(image[i]) * 127.5 + 127.5).squareRoot() / 127.5)
      values[i] += deviation * noise[i]
      level[i % area] += deviation * deviation * share
    }
    for i in level.indices { level[i] = level[i].squareRoot() }
    if channels == 1 { return Noisy(values: values, levels: level) }
    return Noisy(values: values, levels: level + level.map { $0 * Float(isGray ? 0 : chroma) })
  }

  /// Y + k (w_c - Y), (C, H, W).
  private func unitNoise(channels: Int, width: Int, height: Int, _ stream: RandomStream) -> [Float]
  {
    let area = width * height
    if channels == 1 || isGray {
      let noise = SpatialFilter(radius: radius, wide: wide).applied(
        to: stream.normals(area), width: width, height: height)
      return (0..<channels).flatMap { _ in noise }
    }
    var noise = stream.normals(channels * area)
    if let pattern { noise = pattern.interpolated(noise, width: width, height: height) }
    if radius == 0, chromaRadius == 0, chroma == 1 { return noise }
    var brightness = [Float](repeating: 0, count: area)
    for i in noise.indices { brightness[i % area] += noise[i] / Float(channels) }
    let shared = SpatialFilter(radius: radius, wide: wide).applied(
      to: brightness, width: width, height: height)
    let filter = SpatialFilter(radius: chromaRadius, wide: wide)
    for c in 0..<channels {
      let own = filter.applied(
        to: (0..<area).map { noise[c * area + $0] - brightness[$0] }, width: width, height: height)
      for i in 0..<area { noise[c * area + i] = shared[i] + Float(chroma) * own[i] }
    }
    return noise
  }
}
