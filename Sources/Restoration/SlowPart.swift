/// The slow part of what a network takes out of an image, to be left in: noise has no mean over wide areas. A network that
/// is told of more noise than there is takes dark places for darker, as if noise had been cut off there, and paper for white.
///
/// Where noise was cut off, at black or white, it does have a mean, up to which the network's answer stands.
struct SlowPart {
  /// Blocks of the filter's standard deviation: means of blocks are filtered instead of pixels.
  private static let filter = SpatialFilter(radius: 2)

  let grid: BlockGrid

  /// Takes it out of one channel of what was taken away.
  ///
  /// - Parameters:
  ///   - removed: (H, W).
  ///   - image: the noisy channel on the [-1, 1] scale, (H, W).
  func leave(in removed: UnsafeMutableBufferPointer<Float>, of image: UnsafeBufferPointer<Float>) {
    let means = smoothed { removed[$0] }
    let squares = smoothed { removed[$0] * removed[$0] }
    let black = smoothed { image[$0] <= -1 ? 1 : 0 }
    let white = smoothed { image[$0] >= 1 ? 1 : 0 }
    let slow = grid.indices.map { block in
      let mean = means[block]
      let deviation = max(0, squares[block] - mean * mean).squareRoot()
      // What was cut off at black has made the image brighter, and at white darker.
      let most = deviation * ClippedMean.table.shift(clipped: black[block])
      let least = -deviation * ClippedMean.table.shift(clipped: white[block])
      return mean - min(max(mean, least), most)
    }
    for y in 0..<grid.height {
      let row = UnsafeMutableBufferPointer(
        rebasing: removed[(y * grid.width)...].prefix(grid.width))
      grid.forEachPixel(inRow: y, of: slow) { row[$0] -= $1 }
    }
  }

  private func smoothed(_ value: (Int) -> Float) -> [Float] {
    grid.smoothed(grid.means(value), Self.filter)
  }
}
