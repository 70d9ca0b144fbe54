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

  private let width: Int
  private let height: Int
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
  ///   - removed: (H, W), from the element `first` on.
  ///   - image: the noisy channel on the [-1, 1] scale, (H, W), from the element `imageFirst` on.
  func leave(in removed: inout [Float], _ first: Int, of image: [Float], _ imageFirst: Int) {
    let slow = means(removed, first, image, imageFirst)
    let across = (0..<width).map { Self.place($0, columns) }
    for y in 0..<height {
      let down = Self.place(y, rows)
      let (upper, lower) = (down.block * columns, down.next * columns)
      for x in 0..<width {
        let (left, right, share) = across[x]
        let above = slow[upper + left] + share * (slow[upper + right] - slow[upper + left])
        let below = slow[lower + left] + share * (slow[lower + right] - slow[lower + left])
        removed[first + y * width + x] -= above + down.share * (below - above)
      }
    }
  }

  /// The filtered means of blocks, 0 where noise was cut off.
  private func means(
    _ removed: [Float], _ first: Int, _ image: [Float], _ imageFirst: Int
  ) -> [Float] {
    var sums = [Float](repeating: 0, count: rows * columns)
    var clipped = sums
    var counts = sums
    for y in 0..<height {
      for x in 0..<width {
        let block = y / Self.side * columns + x / Self.side
        sums[block] += removed[first + y * width + x]
        if abs(image[imageFirst + y * width + x]) >= 1 { clipped[block] += 1 }
        counts[block] += 1
      }
    }
    for block in sums.indices {
      sums[block] /= counts[block]
      clipped[block] /= counts[block]
    }
    sums = Self.filter.smoothed(sums, width: columns, height: rows)
    clipped = Self.filter.smoothed(clipped, width: columns, height: rows)
    return zip(sums, clipped).map { $0 * max(0, 1 - $1 / Self.mostClipped) }
  }

  /// The blocks between whose middles a pixel lies, and how near it is to the second.
  private static func place(_ pixel: Int, _ blocks: Int) -> (block: Int, next: Int, share: Float) {
    let place = (Float(pixel) + 0.5) / Float(side) - 0.5
    let block = max(0, Int(place))
    return (block, min(block + 1, blocks - 1), max(0, place - Float(block)))
  }
}
