/// The noise in the flattest parts of an image, whatever its spectrum is: the variance about a plane in blocks of
/// pixels, of which the least are taken (Amer & Dubois 2005, "Fast and reliable structure-oriented
/// video noise estimation").
struct FlatBlocks {
  /// Pixels of a block's edge: so few that smooth tones are planes.
  private let side: Int
  /// Mean tones of blocks that count: noise is not cut off there.
  private static let tones = 16.0...240.0
  /// Below this, in gray levels, it may as well be fine texture.
  private static let least = 2.5
  /// How much more than the flattest blocks others may have, where flat parts show noise and no texture.
  private static let steepest = 1.4
  /// The least part of color: noise of cameras has more, texture is nearly gray.
  private static let leastColor = 0.3
  /// Blocks of which the floor is told at least.
  private static let fewest = 8
  /// Of each block the variance over the channels, and that of their mean.
  private var blocks: [(all: Double, luma: Double)] = []

  init(side: Int = 8) { self.side = side }

  /// Adds a picture (C, H, W) on the [-1, 1] scale.
  ///
  /// - Parameter isVisible: (H, W): blocks count where all of it is; nil for all blocks.
  mutating func add(_ values: [Float], width: Int, height: Int, isVisible: [Bool]?) {
    let area = width * height
    let channels = values.count / area
    let luma = (0..<area).map { p in
      stride(from: p, to: values.count, by: area).reduce(Float(0)) { $0 + values[$1] }
        / Float(channels)
    }
    for y in stride(from: 0, through: height - side, by: side / 2) {
      for x in stride(from: 0, through: width - side, by: side / 2) {
        if let isVisible {
          let isWhole = (0..<(side * side)).allSatisfy {
            isVisible[(y + $0 / side) * width + x + $0 % side]
          }
          if !isWhole { continue }
        }
        let shared = block(luma, at: y * width + x, width: width)
        guard Self.tones.contains(shared.mean * 127.5 + 127.5) else { continue }
        let all = (0..<channels).reduce(0.0) {
          $0 + block(values, at: $1 * area + y * width + x, width: width).variance
        }
        blocks.append((all / Double(channels), shared.variance))
      }
    }
  }

  /// The standard deviation in gray levels; nil where no part of the image shows noise alone, as in gray images.
  var sigma: Double? {
    if blocks.isEmpty { return nil }
    let sorted = blocks.sorted { $0.all < $1.all }
    func index(_ part: Double) -> Int { Int(part * Double(sorted.count - 1)) }
    func quantile(_ part: Double) -> Double { 127.5 * sorted[index(part)].all.squareRoot() }
    let flattest = quantile(0.01)
    guard flattest >= Self.least, quantile(0.05) < Self.steepest * flattest else { return nil }
    let flat = sorted[...index(0.02)]
    let luma = flat.reduce(0) { $0 + $1.luma }
    let color = flat.reduce(0) { $0 + $1.all } - luma
    return color >= Self.leastColor * Self.leastColor * luma ? flattest : nil
  }

  /// The standard deviation of the flattest blocks in gray levels, the twentieth part of all; nil of few blocks. Noise that
  /// is alike all over is a little more, by what is chance in the least of many.
  var floor: Double? {
    if blocks.count < Self.fewest { return nil }
    let flattest = blocks.map(\.all).sorted().prefix(max(1, blocks.count / 20))
    return flattest.reduce(0) { $0 + 127.5 * $1.squareRoot() } / Double(flattest.count)
  }

  /// The mean of a block, and the variance about the plane that fits it best.
  private func block(
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
