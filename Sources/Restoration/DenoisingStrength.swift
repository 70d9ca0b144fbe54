/// How much of what a denoiser would take away is taken away.
public struct DenoisingStrength: Equatable, Sendable {
  /// Of the brightness noise: 0 leaves it, 1 takes away what the denoiser says, 2 twice that.
  public var luma = 1.0
  /// The same of the color noise.
  public var chroma = 1.0
  /// How much of the finest brightness noise that is taken away comes back, so that surfaces do not look like plastic: 0
  /// for none.
  public var grain = 0.0

  /// All of it.
  public init() {}

  /// Whether images stay as they are.
  var isNone: Bool { luma == 0 && chroma == 0 }

  /// The image that comes out.
  ///
  ///     y - b R - c (r - R) + g min(b, 1) (R - box(R)),   r = y - x
  ///
  /// where y is the noisy and x the clean image, R the mean of r over the channels and box(R) that over 3 x 3 pixels.
  ///
  /// - Parameters:
  ///   - clean: a band of the clean image.
  ///   - noisy: the rows that are seen of it, (C, rows, W), of at most 3 color channels and perhaps alpha.
  ///   - colors: how many of the channels are colors.
  package func applied(
    to clean: RowBand, of noisy: [Float], colors: Int, width: Int
  ) -> RowBand {
    if self == DenoisingStrength() { return clean }
    let height = clean.seen.count
    let area = width * height
    var shared = [Float](repeating: 0, count: area)
    for i in 0..<(colors * area) {
      shared[i % area] += (noisy[i] - clean.values[i]) / Float(colors)
    }
    let fine = grain == 0 ? shared : Self.fine(shared, width: width, height: height)
    var result = clean
    for i in 0..<(colors * area) {
      let (all, own) = (shared[i % area], noisy[i] - clean.values[i] - shared[i % area])
      result.values[i] =
        noisy[i] - Float(luma) * all - Float(chroma) * own
        + (grain == 0 ? 0 : Float(grain * min(luma, 1)) * fine[i % area])
    }
    return result
  }

  /// What is left of values (H, W) when the mean of 3 x 3 pixels is taken away.
  private static func fine(_ values: [Float], width: Int, height: Int) -> [Float] {
    var result = values
    for y in 0..<height {
      for x in 0..<width {
        var (sum, count) = (Float(0), Float(0))
        for row in max(0, y - 1)...min(height - 1, y + 1) {
          for column in max(0, x - 1)...min(width - 1, x + 1) {
            sum += values[row * width + column]
            count += 1
          }
        }
        result[y * width + x] -= sum / count
      }
    }
    return result
  }
}
