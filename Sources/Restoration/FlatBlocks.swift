/// The noise in the flattest parts of an image, whatever its spectrum is: the variance about a plane in blocks of
/// pixels, of which the least are taken (Amer & Dubois 2005, "Fast and reliable structure-oriented
/// video noise estimation").
struct FlatBlocks {
  /// Pixels of a block's edge: so few that smooth tones are planes.
  private static let side = 8
  /// Mean tones of blocks that count: noise is not cut off there.
  private static let tones = 16.0...240.0
  /// Below this, in gray levels, it may as well be fine texture.
  private static let least = 2.5
  /// How much more than the flattest blocks others may have, where flat parts show noise and no texture.
  private static let steepest = 1.45
  /// Of each block, over the channels.
  private var variances: [Double] = []

  /// Adds a picture (C, H, W) on the [-1, 1] scale.
  mutating func add(_ values: [Float], width: Int, height: Int) {
    let side = Self.side
    let channels = values.count / (width * height)
    for y in stride(from: 0, through: height - side, by: side / 2) {
      for x in stride(from: 0, through: width - side, by: side / 2) {
        let blocks = (0..<channels).map {
          Self.block(values, at: ($0 * height + y) * width + x, width: width)
        }
        let tone = blocks.reduce(0) { $0 + $1.mean } / Double(channels) * 127.5 + 127.5
        guard Self.tones.contains(tone) else { continue }
        variances.append(blocks.reduce(0) { $0 + $1.variance } / Double(channels))
      }
    }
  }

  /// The standard deviation in gray levels; nil where no part of the image shows noise alone.
  var sigma: Double? {
    if variances.isEmpty { return nil }
    let sorted = variances.sorted()
    func quantile(_ part: Double) -> Double {
      127.5 * sorted[Int(part * Double(sorted.count - 1))].squareRoot()
    }
    let flattest = quantile(0.01)
    return flattest >= Self.least && quantile(0.05) < Self.steepest * flattest ? flattest : nil
  }

  /// The mean of a block, and the variance about the plane that fits it best.
  private static func block(
    _ values: [Float], at first: Int, width: Int
  ) -> (mean: Double, variance: Double) {
    let center = Double(side - 1) / 2
    var (sum, squares, across, down) = (0.0, 0.0, 0.0, 0.0)
    for row in 0..<side {
      for column in 0..<side {
        let value = Double(values[first + row * width + column])
        sum += value
        squares += value * value
        across += value * (Double(column) - center)
        down += value * (Double(row) - center)
      }
    }
    let count = Double(side * side)
    // Of the distances to the middle, in one direction.
    let spread = count * (Double(side * side) - 1) / 12
    let rest = squares - sum * sum / count - (across * across + down * down) / spread
    return (sum / count, max(rest, 0) / (count - 3))
  }
}
