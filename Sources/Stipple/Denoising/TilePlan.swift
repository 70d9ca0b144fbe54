import Foundation

/// How an image of any size goes through a network: padded by reflection to the network's multiple,
/// in tiles that overlap where it is large, blended smoothly, and cropped.
package struct TilePlan: Sendable, Equatable {
  /// The image's size.
  package let width, height: Int
  /// The size after padding at the right and at the bottom, a multiple of the network's strides.
  package let paddedWidth, paddedHeight: Int
  /// The size of every tile.
  package let tileWidth, tileHeight: Int
  /// Where the columns of tiles begin, from the left.
  package let lefts: [Int]
  /// Where the rows of tiles begin, from the top.
  package let tops: [Int]
  private let horizontal: [[Float]]
  private let vertical: [[Float]]

  /// Plans the tiles of an image.
  ///
  /// - Parameters:
  ///   - multiple: what the network's strides divide sizes by.
  ///   - tile: the largest side of a tile, rounded down to the multiple; nil for one tile.
  ///   - overlap: the fewest pixels that neighbouring tiles share, at most half a tile.
  package init(width: Int, height: Int, multiple: Int, tile: Int? = nil, overlap: Int = 16) {
    precondition(width > 0 && height > 0 && multiple > 0, "an image has pixels")
    self.width = width
    self.height = height
    func padded(_ size: Int) -> Int { (size + multiple - 1) / multiple * multiple }
    paddedWidth = padded(width)
    paddedHeight = padded(height)
    let side = tile.map { max($0 / multiple, 1) * multiple } ?? Int.max
    tileWidth = min(side, paddedWidth)
    tileHeight = min(side, paddedHeight)
    lefts = Self.starts(tileWidth, in: paddedWidth, overlap: overlap)
    tops = Self.starts(tileHeight, in: paddedHeight, overlap: overlap)
    horizontal = Self.weights(lefts, tileWidth, in: paddedWidth)
    vertical = Self.weights(tops, tileHeight, in: paddedHeight)
  }

  /// The number of tiles.
  package var count: Int { lefts.count * tops.count }

  /// Where tile `index` begins.
  package func origin(_ index: Int) -> (left: Int, top: Int) {
    (lefts[index % lefts.count], tops[index / lefts.count])
  }

  /// Evenly spaced starts of as few tiles as share `overlap` pixels, from one end to the other.
  private static func starts(_ tile: Int, in size: Int, overlap: Int) -> [Int] {
    guard size > tile else { return [0] }
    let shared = max(0, min(overlap, tile / 2))
    let last = (size - tile + tile - shared - 1) / (tile - shared)
    return (0...last).map { ($0 * (size - tile) + last / 2) / last }
  }

  /// The weight of every pixel of every tile along one axis: raised cosines where tiles overlap,
  /// which sum to one over the tiles.
  private static func weights(_ starts: [Int], _ tile: Int, in size: Int) -> [[Float]] {
    var windows = starts.indices.map { i in
      let shared = i > 0 ? starts[i - 1] + tile - starts[i] : 0
      let sharedAfter = i + 1 < starts.count ? starts[i] + tile - starts[i + 1] : 0
      return (0..<tile).map { x in
        rise(x, over: shared) * rise(tile - 1 - x, over: sharedAfter)
      }
    }
    var sums = [Double](repeating: 0, count: size)
    for (start, window) in zip(starts, windows) {
      for x in 0..<tile { sums[start + x] += window[x] }
    }
    for (i, start) in starts.enumerated() {
      for x in 0..<tile { windows[i][x] /= sums[start + x] }
    }
    return windows.map { $0.map { Float($0) } }
  }

  /// From nearly 0 at the edge to 1 past `length` pixels, half a cosine.
  private static func rise(_ x: Int, over length: Int) -> Double {
    x >= length ? 1 : (1 - cos(Double.pi * (Double(x) + 0.5) / Double(length))) / 2
  }
}

extension TilePlan {
  /// The weight of pixel (x, y) of tile `index` in the blended image.
  package func weight(_ index: Int, x: Int, y: Int) -> Float {
    horizontal[index % lefts.count][x] * vertical[index / lefts.count][y]
  }
}
