import LinearAlgebra
import Random
import Restoration
import Testing

/// An image with flat parts, slopes and edges: (C, H, W) in [-1, 1].
private func scene(channels: Int, height: Int, width: Int) -> [Float] {
  (0..<(channels * height * width)).map { i in
    let (c, y, x) = (i / (height * width), i / width % height, i % width)
    let (dx, dy) = (x - width / 3, y - height / 3)
    if dx * dx + dy * dy < height * width / 25 { return 0.5 - 0.3 * Float(c) }
    if x > width * 2 / 3 { return x / 6 % 2 == 0 ? 0.6 : -0.6 }
    return -0.5 + 0.8 * Float(y) / Float(height) + 0.1 * Float(c)
  }
}

@Suite struct NoiseEstimationTests {
  /// The image with noise of `sigma` gray levels, rounded and clipped to 8 bits.
  private func noisy(_ image: [Float], sigma: Float) -> [Float] {
    let noise = RandomStream(seed: 3, purpose: .trainingNoise, index: 1).normals(image.count)
    return zip(image, noise).map { pixel, n in
      let gray = ((pixel + 1) * 127.5 + sigma * n).rounded()
      return max(0, min(255, gray)) / 127.5 - 1
    }
  }

  @Test(arguments: [1, 3], [Float(5), 15, 25, 50, 75])
  func `the noise of an 8-bit image is estimated to a few percent`(channels: Int, sigma: Float) {
    let image = noisy(scene(channels: channels, height: 120, width: 160), sigma: sigma)
    let found = estimatedNoiseLevel(of: image, channels: channels, height: 120, width: 160) * 127.5
    #expect(abs(found / Double(sigma) - 1) < 0.06)
  }

  @Test(arguments: [1, 3], [Float(10), 25, 50])
  func `small images are estimated as well as so few pixels allow`(channels: Int, sigma: Float) {
    let image = noisy(scene(channels: channels, height: 32, width: 32), sigma: sigma)
    let found = estimatedNoiseLevel(of: image, channels: channels, height: 32, width: 32) * 127.5
    #expect(abs(found / Double(sigma) - 1) < 0.2)
  }

  @Test func `an image without noise has next to none`() {
    let image = noisy(scene(channels: 3, height: 64, width: 64), sigma: 0)
    #expect(estimatedNoiseLevel(of: image, channels: 3, height: 64, width: 64) * 127.5 < 1)
    let flat = [Float](repeating: -1, count: 3 * 64 * 64)
    #expect(estimatedNoiseLevel(of: flat, channels: 3, height: 64, width: 64) * 127.5 < 0.01)
  }

  @Test func `transparency is left out`() {
    let color = noisy(scene(channels: 3, height: 64, width: 64), sigma: 20)
    let opaque = color + [Float](repeating: 1, count: 64 * 64)
    #expect(
      estimatedNoiseLevel(of: opaque, channels: 4, height: 64, width: 64)
        == estimatedNoiseLevel(of: color, channels: 3, height: 64, width: 64))
  }

  @Test(arguments: [(1, 1), (2, 9), (3, 3), (6, 6), (8, 8)])
  func `tiny images give a finite estimate`(height: Int, width: Int) {
    for channels in [1, 3] {
      let image = noisy([Float](repeating: 0, count: channels * height * width), sigma: 20)
      let found = estimatedNoiseLevel(
        of: image, channels: channels, height: height, width: width)
      #expect(found.isFinite && found >= 0 && found * 127.5 < 60)
      if height < 3 { #expect(found == 0) }
    }
  }

  @Test func `eigenvalues of known matrices are found`() {
    for (value, expected) in zip(symmetricEigenvalues([2, 1, 1, 2], order: 2), [1.0, 3]) {
      #expect(abs(value - expected) < 1e-12)
    }
    // The second difference of n points has the eigenvalues 2 - 2 cos(k pi / (n + 1)).
    let n = 25
    let matrix = (0..<(n * n)).map { i in
      i / n == i % n ? 2.0 : abs(i / n - i % n) == 1 ? -1.0 : 0.0
    }
    let known: [(Int, Double)] = [(0, 0.01458225), (12, 2), (24, 3.98541775)]
    let found = symmetricEigenvalues(matrix, order: n)
    for (k, expected) in known { #expect(abs(found[k] - expected) < 1e-6) }
  }
}
