/// Noise of a sensor that sees one color at each pixel, in squares of red, green, green and blue (Bayer 1976), once the
/// other two have been interpolated linearly from the pixels around.
struct BayerPattern: Equatable, Sendable {
  /// Where the first red pixel is: 0 or 1 each.
  let row: Int
  let column: Int

  /// How strong the noise of each channel becomes in the mean, of noise of variance 1 that is seen: a red or blue pixel
  /// in four is seen, and the others are means of 2, 2 and 4; a green one in two, and the others are means of 4.
  static let variances: [Float] = [0.5625, 0.625, 0.5625]

  /// What becomes of noise (3, H, W), of which each pixel sees one channel.
  func interpolated(_ noise: [Float], width: Int, height: Int) -> [Float] {
    let area = width * height
    var result = noise
    for channel in 0..<3 {
      for y in 0..<height {
        for x in 0..<width where channelSeen(y, x) != channel {
          var (sum, count) = (Float(0), Float(0))
          for y in max(0, y - 1)...min(height - 1, y + 1) {
            for x in max(0, x - 1)...min(width - 1, x + 1) where channelSeen(y, x) == channel {
              sum += noise[channel * area + y * width + x]
              count += 1
            }
          }
          result[channel * area + y * width + x] = count > 0 ? sum / count : 0
        }
      }
    }
    return result
  }

  private func channelSeen(_ y: Int, _ x: Int) -> Int { (y + row) % 2 + (x + column) % 2 }
}
