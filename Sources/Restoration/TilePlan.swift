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
  ///   - overlap: the fewest pixels that neighboring tiles share, at most half a tile.
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
    lefts = Self.starts(tileWidth, in: paddedWidth, multiple: multiple, overlap: overlap)
    tops = Self.starts(tileHeight, in: paddedHeight, multiple: multiple, overlap: overlap)
    horizontal = Self.weights(lefts, tileWidth, in: paddedWidth)
    vertical = Self.weights(tops, tileHeight, in: paddedHeight)
  }

  /// The number of tiles.
  package var count: Int { lefts.count * tops.count }

  /// The numbers of all tiles, or of `most` that are spread evenly.
  package func spreadTiles(_ most: Int) -> [Int] {
    let few = min(count, most)
    return (0..<few).map { (2 * $0 + 1) * count / (2 * few) }
  }

  /// Where tile `index` begins.
  package func origin(_ index: Int) -> (left: Int, top: Int) {
    (lefts[index % lefts.count], tops[index / lefts.count])
  }

  /// Evenly spaced starts of as few tiles as share `overlap` pixels, from one end to the other.
  ///
  /// They lie on the multiple: moved by less, a network with strides gives another result.
  private static func starts(_ tile: Int, in size: Int, multiple: Int, overlap: Int) -> [Int] {
    guard size > tile else { return [0] }
    let way = (size - tile) / multiple
    let shared = max(0, min(overlap, tile / 2) + multiple - 1) / multiple
    let step = max(1, tile / multiple - shared)
    let last = (way + step - 1) / step
    return (0...last).map { $0 * way / last * multiple }
  }

  /// The weight of every pixel of every tile along one axis: raised cosines in the middle half of
  /// where tiles overlap, as the outermost pixels of a tile do not see enough around them. They sum to
  /// one over the tiles.
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

  /// 0 in the first quarter of `length` pixels, half a cosine in the next two, 1 from there.
  private static func rise(_ x: Int, over length: Int) -> Double {
    let part = (Double(x) + 0.5) / Double(max(length, 1)) * 2 - 0.5
    return x >= length ? 1 : (1 - cos(Double.pi * min(max(part, 0), 1))) / 2
  }
}

extension TilePlan {
  /// The weight of pixel (x, y) of tile `index` in the blended image.
  package func weight(_ index: Int, x: Int, y: Int) -> Float {
    horizontal[index % lefts.count][x] * vertical[index / lefts.count][y]
  }
}
