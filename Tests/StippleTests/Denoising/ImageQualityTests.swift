import Stipple
import Testing

@Suite struct ImageQualityTests {
  /// A smooth pattern of grey levels, and the same with a pattern of errors from -16 to 15.
  private func pair(_ channels: Int, _ height: Int, _ width: Int) -> (x: [Float], y: [Float]) {
    var x: [Float] = []
    var y: [Float] = []
    for c in 0..<channels {
      for row in 0..<height {
        for column in 0..<width {
          let i = x.count
          let level: Int = (column * (3 + c) + row * 5) % 200 + 20
          let error: Int = (i * i * 13 + i * 7) % 256 / 8 - 16
          x.append(Float(level) / 127.5 - 1)
          y.append(Float(max(0, min(255, level + error))) / 127.5 - 1)
        }
      }
    }
    return (x, y)
  }

  /// From scikit-image 0.26 on the same images with `data_range=2`.
  @Test(arguments: [
    (1, 16, 20, 0.7196899673797543, 28.940022176213958),
    (3, 24, 13, 0.7257342147178383, 28.882214271193316),
  ])
  func `structural similarity and PSNR are scikit-image's`(
    channels: Int, height: Int, width: Int, similarity: Double, decibels: Double
  ) {
    let (x, y) = pair(channels, height, width)
    let found = ImageQuality.structuralSimilarity(
      y, reference: x, channels: channels, height: height, width: width)
    #expect(abs(found - similarity) < 1e-7)
    #expect(abs(ImageQuality.peakSignalToNoise(y, reference: x) - decibels) < 1e-6)
  }

  @Test func `an image equals itself`() {
    let (x, _) = pair(3, 12, 11)
    let found = ImageQuality.structuralSimilarity(
      x, reference: x, channels: 3, height: 12, width: 11)
    #expect(abs(found - 1) < 1e-12)
    #expect(ImageQuality.peakSignalToNoise(x, reference: x) == .infinity)
  }

  @Test func `an error of one grey level everywhere is 48.13 dB`() {
    let x = [Float](repeating: 0, count: 100)
    let y = [Float](repeating: 1 / 127.5, count: 100)
    #expect(abs(ImageQuality.peakSignalToNoise(y, reference: x) - 48.1308) < 1e-3)
  }

  @Test(arguments: [(1, 1), (2, 7), (10, 10)])
  func `images smaller than the window are compared`(height: Int, width: Int) {
    let (x, y) = pair(1, height, width)
    let found = ImageQuality.structuralSimilarity(
      y, reference: x, channels: 1, height: height, width: width)
    #expect(found.isFinite && found <= 1)
  }
}
