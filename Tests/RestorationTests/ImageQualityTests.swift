import Restoration
import Testing

@Suite struct ImageQualityTests {
  /// Images by the formulas of `Tests/Fixtures/quality.py`, on the [-1, 1] scale.
  struct Pair: Sendable {
    let channels, height, width: Int
    /// Gray levels: the least, how many, and of the errors how many and their mean.
    let base, span, error, shift: Int

    init(
      _ channels: Int, _ height: Int, _ width: Int, base: Int = 20, span: Int = 200,
      error: Int = 32, shift: Int = 0
    ) {
      (self.channels, self.height, self.width) = (channels, height, width)
      (self.base, self.span, self.error, self.shift) = (base, span, error, shift)
    }

    var images: (x: [Float], y: [Float]) {
      var x: [Float] = []
      var y: [Float] = []
      func append(_ level: Int, to image: inout [Float]) {
        image.append(Float(min(max(level, 0), 255)) / 127.5 - 1)
      }
      for c in 0..<channels {
        for row in 0..<height {
          for column in 0..<width {
            let i = x.count
            let level: Int = base + (column * (3 + c) + row * 5) % span
            let noise: Int = (i * i * 13 + i * 7) % 256 * error / 256 - error / 2 + shift
            append(level, to: &x)
            append(level + noise, to: &y)
          }
        }
      }
      return (x, y)
    }
  }

  private func similarity(_ image: [Float], _ reference: [Float], _ pair: Pair) -> Double {
    ImageQuality.structuralSimilarity(
      image, reference: reference, channels: pair.channels, height: pair.height,
      width: pair.width)
  }

  /// From `Tests/Fixtures/quality.py`, with scikit-image 0.26 on levels 0 to 255.
  static let references: [(Pair, similarity: Double, decibels: Double)] = [
    (Pair(1, 16, 20), 0.7202572261898434, 28.94002268491836),
    (Pair(3, 24, 13), 0.7442720048042144, 28.882214744505458),
    (Pair(4, 12, 11), 0.7705605093115855, 28.81306692849096),
    // Flat.
    (
      Pair(1, 32, 32, base: 124, span: 1, error: 1, shift: 7), 0.9984943230987505,
      31.228842808393967
    ),
    (
      Pair(3, 32, 32, base: 124, span: 1, error: 1, shift: 7), 0.9984943230987505,
      31.228842808393967
    ),
    (Pair(1, 11, 11, base: 0, span: 1, error: 1, shift: 1), 0.8667110963012329, 48.1308036086791),
    (Pair(1, 11, 11, base: 0, span: 1, error: 1, shift: 255), 9.999000099990003e-05, 0.0),
    (
      Pair(1, 11, 11, base: 255, span: 1, error: 1, shift: -1), 0.9999922808237851, 48.1308036086791
    ),
    // Dark, and bright.
    (Pair(3, 17, 19, base: 0, span: 12, error: 8), 0.9418265367422087, 41.429226221281766),
    (Pair(1, 17, 19, base: 0, span: 12, error: 8, shift: 3), 0.887606260225839, 37.57380210669808),
    (Pair(1, 17, 19, base: 243, span: 13, error: 8), 0.9490879287204718, 41.09030831002617),
    (
      Pair(3, 17, 19, base: 243, span: 13, error: 8, shift: -3), 0.9435904451554228,
      35.709011212594184
    ),
    // More noise than image.
    (Pair(1, 21, 15, base: 120, span: 16, error: 64), 0.20277510200999296, 22.89684905851542),
  ]

  @Test(arguments: references)
  func `structural similarity and PSNR are scikit-image's`(
    pair: Pair, expected: Double, decibels: Double
  ) {
    let (x, y) = pair.images
    let found = similarity(y, x, pair)
    #expect(abs(found - expected) < 1e-9, "\(found) of \(pair)")
    #expect(abs(ImageQuality.peakSignalToNoise(y, reference: x) - decibels) < 1e-9)
  }

  @Test func `what lies between levels and outside of them counts as it is`() {
    // 10 log10(255^2 / (10.25^2 / 2)).
    let x: [Float] = [-1, 1]
    let y: [Float] = [-1 - 10.25 / 127.5, 1]
    #expect(abs(ImageQuality.peakSignalToNoise(y, reference: x) - 30.926626257483456) < 1e-5)
  }

  @Test func `an image equals itself`() {
    let pair = Pair(3, 12, 11)
    let (x, _) = pair.images
    #expect(abs(similarity(x, x, pair) - 1) < 1e-12)
    #expect(ImageQuality.peakSignalToNoise(x, reference: x) == .infinity)
  }

  @Test func `an error of one gray level everywhere is 48.13 dB`() {
    let x = [Float](repeating: 0, count: 100)
    let y = [Float](repeating: 1 / 127.5, count: 100)
    #expect(abs(ImageQuality.peakSignalToNoise(y, reference: x) - 48.1308) < 1e-3)
  }

  @Test(arguments: [(1, 1), (2, 7), (10, 10)])
  func `images smaller than the window are compared`(height: Int, width: Int) {
    let pair = Pair(1, height, width)
    let (x, y) = pair.images
    let found = similarity(y, x, pair)
    #expect(found.isFinite && found <= 1)
  }
}
