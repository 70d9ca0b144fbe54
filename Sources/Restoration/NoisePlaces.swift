import Foundation

/// Where in an image how much noise was removed, so that the network can be told of noise that is not the same everywhere:
/// in a noisy photograph on a clean page, in the corners of a lens, in one of two joined scans.
struct NoisePlaces {
  /// Blocks of the standard deviation of what counts as one place: 16 pixels.
  static let filter = SpatialFilter(radius: 2)
  /// By how much a place may differ from what the whole image has without a word: texture hides noise or looks like it.
  private static let usual: Float = 1.4
  /// Past this factor a place is another than the rest.
  private static let other: Float = 1.5
  /// The part of such places of an image that was not seen as a whole, past which its noise is not told.
  private static let mostOthers = 0.1

  let grid: BlockGrid
  private var squares: [Float]
  private var tones: [Float]
  private var counts: [Float]

  /// Of an image.
  init(width: Int, height: Int) {
    grid = BlockGrid(width: width, height: height)
    squares = [Float](repeating: 0, count: grid.count)
    tones = squares
    counts = squares
  }

  /// Adds a tile, noisy and clean (C, H, W), `left` and `top` in the image.
  ///
  /// - Parameter isVisible: (H, W) of the tile: which pixels count; nil for all.
  mutating func add(
    noisy: [Float], clean: [Float], width: Int, height: Int,
    at origin: (left: Int, top: Int), isVisible: [Bool]?
  ) {
    let area = width * height
    let channels = noisy.count / area
    for y in 0..<min(height, grid.height - origin.top) {
      for x in 0..<min(width, grid.width - origin.left) where isVisible?[y * width + x] ?? true {
        let block =
          (origin.top + y) / BlockGrid.side * grid.columns + (origin.left + x) / BlockGrid.side
        for c in 0..<channels {
          let p = c * area + y * width + x
          let value = clean[p]
          let removed = 127.5 * (noisy[p] - value)
          squares[block] += removed * removed
          tones[block] += 127.5 * value + 127.5
        }
        counts[block] += Float(channels)
      }
    }
  }

  /// How many times as strong the noise of each block is as that of the whole image, 1 where it is about the same.
  ///
  /// - Parameters:
  ///   - read: the standard deviation in black of what was removed from the whole, in gray levels.
  ///   - gain: by how much the variance grows with each gray level.
  func factors(read: Double, gain: Double) -> [Float] {
    let counts = grid.smoothed(counts, Self.filter)
    let squares = grid.smoothed(squares, Self.filter)
    let tones = grid.smoothed(tones, Self.filter)
    return grid.indices.map { block in
      guard counts[block] > 0 else { return 1 }
      let own = (squares[block] / counts[block]).squareRoot()
      let expected = (Float(read * read) + Float(gain) * tones[block] / counts[block]).squareRoot()
      let factor = own / max(expected, 0.001)
      if factor < 1 { return min(1, factor * Self.usual) }
      // More noise than elsewhere may be texture.
      let isNoise = Float(ToldNoise.sure.ramp(Double(own)))
      return pow(max(1, factor / Self.usual), isNoise)
    }
  }

  /// Whether the noise of many of the blocks that were seen is another than that of the whole.
  func differ(_ factors: [Float]) -> Bool {
    let seen = grid.indices.filter { counts[$0] > 0 }
    let others = seen.count { factors[$0] > Self.other || factors[$0] < 1 / Self.other }
    return Double(others) > Self.mostOthers * Double(seen.count)
  }
}
