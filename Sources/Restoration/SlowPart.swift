/// The slow part of what a network takes out of an image, to be left in: noise has no mean over wide areas. A network that
/// is told of more noise than there is takes dark places for darker, as if noise had been cut off there.
///
/// Where noise was cut off, at black or white, it does have a mean, and the network's answer stands.
struct SlowPart {
  /// Blocks of the filter's standard deviation: means of blocks are filtered instead of pixels.
  private static let filter = SpatialFilter(radius: 2)
  /// The part of samples at black or white around a place from which on nothing is left in there.
  private static let mostClipped: Float = 0.03

  let grid: BlockGrid

  /// Takes it out of one channel of what was taken away.
  ///
  /// - Parameters:
  ///   - removed: (H, W).
  ///   - image: the noisy channel on the [-1, 1] scale, (H, W).
  func leave(in removed: UnsafeMutableBufferPointer<Float>, of image: UnsafeBufferPointer<Float>) {
    let means = grid.smoothed(grid.means { removed[$0] }, Self.filter)
    let clipped = grid.smoothed(grid.means { abs(image[$0]) >= 1 ? 1 : 0 }, Self.filter)
    let slow = zip(means, clipped).map { $0 * max(0, 1 - $1 / Self.mostClipped) }
    for y in 0..<grid.height {
      let row = UnsafeMutableBufferPointer(
        rebasing: removed[(y * grid.width)...].prefix(grid.width))
      grid.forEachPixel(inRow: y, of: slow) { row[$0] -= $1 }
    }
  }
}
