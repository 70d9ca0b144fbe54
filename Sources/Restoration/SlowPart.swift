/// The slow part of what a network takes out of an image, to be left in: noise has no mean over wide areas. A network that
/// is told of more noise than there is takes dark places for darker, as if noise had been cut off there.
///
/// Where noise was cut off, at black or white, it does have a mean, and the network's answer stands.
struct SlowPart {
  /// Pixels of a block's edge: means of blocks are filtered instead of pixels.
  private static let side = 8
  /// Blocks of the filter's standard deviation.
  private static let filter = SpatialFilter(radius: 2)
  /// The part of samples at black or white around a place from which on nothing is left in there.
  private static let mostClipped: Float = 0.03

  let width: Int
  let height: Int
  private let columns: Int
  private let rows: Int

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    columns = (width + Self.side - 1) / Self.side
    rows = (height + Self.side - 1) / Self.side
  }

  /// Takes it out of one channel of what was taken away.
  ///
  /// - Parameters:
  ///   - removed: (H, W).
  ///   - image: the noisy channel on the [-1, 1] scale, (H, W).
  func leave(in removed: UnsafeMutableBufferPointer<Float>, of image: UnsafeBufferPointer<Float>) {
    let slow = means(UnsafeBufferPointer(removed), image)
    var line = [Float](repeating: 0, count: columns)
    for y in 0..<height {
      let (upper, lower, share) = Self.place(y, rows)
      for c in 0..<columns {
        let above = slow[upper * columns + c]
        line[c] = above + share * (slow[lower * columns + c] - above)
      }
      subtract(
        line, from: UnsafeMutableBufferPointer(rebasing: removed[(y * width)...].prefix(width)))
    }
  }

  /// Takes a line between the middles of a row of blocks out of a row of pixels.
  private func subtract(_ line: [Float], from row: UnsafeMutableBufferPointer<Float>) {
    for c in 0...columns {
      let middle = c * Self.side - Self.side / 2
      let left = line[max(c - 1, 0)]
      let step = (line[min(c, columns - 1)] - left) / Float(Self.side)
      let end = min(middle + Self.side, width)
      for x in max(middle, 0)..<max(middle, end) {
        row[x] -= left + step * (Float(x - middle) + 0.5)
      }
    }
  }

  /// The filtered means of blocks, 0 where noise was cut off.
  private func means(
    _ removed: UnsafeBufferPointer<Float>, _ image: UnsafeBufferPointer<Float>
  ) -> [Float] {
    var means: [Float] = []
    var clipped: [Float] = []
    for first in stride(from: 0, to: height, by: Self.side) {
      let lines = first..<min(first + Self.side, height)
      means += blockMeans(lines) { removed[$0] }
      clipped += blockMeans(lines) { abs(image[$0]) >= 1 ? 1 : 0 }
    }
    means = Self.filter.smoothed(means, width: columns, height: rows)
    clipped = Self.filter.smoothed(clipped, width: columns, height: rows)
    return zip(means, clipped).map { $0 * max(0, 1 - $1 / Self.mostClipped) }
  }

  /// The means over a row of blocks of what pixels have.
  private func blockMeans(_ lines: Range<Int>, _ value: (Int) -> Float) -> [Float] {
    var sums = [Float](repeating: 0, count: width)
    for y in lines {
      for x in 0..<width { sums[x] += value(y * width + x) }
    }
    return (0..<columns).map { c in
      let block = sums[(c * Self.side)..<min((c + 1) * Self.side, width)]
      return block.reduce(0, +) / Float(block.count * lines.count)
    }
  }

  /// The blocks between whose middles a line of pixels lies, and how near it is to the second.
  private static func place(_ pixel: Int, _ blocks: Int) -> (Int, Int, share: Float) {
    let place = (Float(pixel) + 0.5) / Float(side) - 0.5
    let block = max(0, Int(place))
    return (block, min(block + 1, blocks - 1), max(0, place - Float(block)))
  }
}
