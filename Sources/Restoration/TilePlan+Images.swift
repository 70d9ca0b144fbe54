internal import Images

extension TilePlan {
  /// Some rows of the padded image, (C, rows, paddedWidth), which continues the image by reflection.
  ///
  /// - Parameter image: gives rows of the image, (C, rows, width).
  package func padded(
    _ rows: Range<Int>, channels: Int, of image: (Range<Int>) throws -> [Float]
  ) rethrows -> [Float] {
    let sources = rows.map { Reflection.wholeSample($0, of: height) }
    guard let first = sources.min(), let last = sources.max() else { return [] }
    let values = try image(first..<(last + 1))
    let count = last + 1 - first
    precondition(values.count == channels * count * width, "the image has another size")
    if width == paddedWidth && sources == Array(first...last) { return values }
    let columns = (width..<paddedWidth).map { Reflection.wholeSample($0, of: width) }
    var result: [Float] = []
    result.reserveCapacity(channels * rows.count * paddedWidth)
    for c in 0..<channels {
      for source in sources {
        let row = (c * count + source - first) * width
        result += values[row..<(row + width)]
        for x in columns { result.append(values[row + x]) }
      }
    }
    return result
  }

  /// What a band of the padded image has of the image; nil where it is all padding.
  package func cropped(_ band: RowBand, channels: Int) -> RowBand? {
    let rows = band.rows.clamped(to: 0..<height)
    if rows.isEmpty { return nil }
    if band.seen.upperBound <= height && width == paddedWidth { return band }
    let seen = band.seen.clamped(to: 0..<height)
    var values: [Float] = []
    values.reserveCapacity(channels * seen.count * width)
    for c in 0..<channels {
      for y in 0..<seen.count {
        let row = (c * band.seen.count + y) * paddedWidth
        values += band.values[row..<(row + width)]
      }
    }
    return RowBand(rows: rows, seen: seen, values: values)
  }

  /// Puts the padded image through `process`, up to `batch` tiles at a time, and blends what comes back.
  ///
  /// It goes from the top to the bottom, and holds no more than as many rows of tiles as make a batch.
  ///
  /// - Parameters:
  ///   - channels: of what goes in and of what comes back.
  ///   - rows: gives rows of the padded image, (C, rows, paddedWidth).
  ///   - process: takes some tiles, (N, C, tileHeight, tileWidth), and gives as many.
  ///   - take: takes the bands of the result, one below the other.
  package func blend(
    channels: (Int, Int), batch: Int, rows: (Range<Int>) throws -> [Float],
    _ process: (_ tiles: [Float], _ count: Int) throws -> [Float], take: (RowBand) throws -> Void
  ) rethrows {
    var sum = BandSum(channels: channels.1, width: paddedWidth)
    var given = 0
    let step = max(1, batch / lefts.count)
    for first in stride(from: 0, to: tops.count, by: step) {
      let last = min(first + step, tops.count) - 1
      let seen = tops[first]..<(tops[last] + tileHeight)
      sum.extend(to: seen.upperBound)
      let values = try rows(seen)
      let tiles = (first * lefts.count)..<((last + 1) * lefts.count)
      for indices in Self.evenly(tiles, atMost: batch) {
        let processed = try process(
          indices.flatMap { tile($0, of: values, rows: seen, channels: channels.0) }, indices.count)
        let size = processed.count / indices.count
        for (position, index) in indices.enumerated() {
          add(processed[(position * size)..<((position + 1) * size)], index, to: &sum)
        }
      }
      // The tiles to come add nothing above their first row, of which the last row's neighbor is one.
      let end = last == tops.count - 1 ? paddedHeight : tops[last + 1] - 1
      if end > given { try take(sum.band(given..<end, of: paddedHeight)) }
      given = max(given, end)
      sum.drop(before: given - 1)
    }
  }

  /// The same for a padded image in memory, (C, paddedHeight, paddedWidth).
  package func blended(
    _ padded: [Float], channels: Int, batch: Int,
    _ process: (_ tiles: [Float], _ count: Int) throws -> [Float]
  ) rethrows -> [Float] {
    var result = [Float](repeating: 0, count: padded.count)
    try blend(
      channels: (channels, channels), batch: batch,
      rows: {
        RowBand.rows(
          $0, of: padded, channels: channels, width: paddedWidth, height: paddedHeight)
      }, process, take: { $0.put(into: &result, width: paddedWidth, height: paddedHeight) })
    return result
  }

  /// A range in parts of about the same length.
  private static func evenly(_ range: Range<Int>, atMost most: Int) -> [Range<Int>] {
    let parts = (range.count + most - 1) / most
    return (0..<parts).map {
      (range.lowerBound + range.count * $0 / parts)..<(range.lowerBound + range.count * ($0 + 1)
        / parts)
    }
  }

  /// Tile `index` of rows of the padded image: (C, tileHeight, tileWidth).
  private func tile(
    _ index: Int, of values: [Float], rows: Range<Int>, channels: Int
  ) -> [Float] {
    let (left, top) = origin(index)
    var result: [Float] = []
    result.reserveCapacity(channels * tileHeight * tileWidth)
    for c in 0..<channels {
      for y in 0..<tileHeight {
        let row = (c * rows.count + top - rows.lowerBound + y) * paddedWidth + left
        result += values[row..<(row + tileWidth)]
      }
    }
    return result
  }

  /// Adds the weighted tile `index`, (C, tileHeight, tileWidth).
  private func add(_ tile: ArraySlice<Float>, _ index: Int, to sum: inout BandSum) {
    precondition(tile.count == sum.planes.count * tileHeight * tileWidth, "a tile of another size")
    let (left, top) = origin(index)
    var next = tile.startIndex
    for c in sum.planes.indices {
      for y in 0..<tileHeight {
        let target = (top + y - sum.first) * paddedWidth + left
        for x in 0..<tileWidth {
          sum.planes[c][target + x] += weight(index, x: x, y: y) * tile[next + x]
        }
        next += tileWidth
      }
    }
  }
}

/// The rows of a result that tiles are being added to.
private struct BandSum {
  /// The first of the rows.
  private(set) var first = 0
  /// (rows, W) each.
  var planes: [[Float]]
  private let width: Int

  init(channels: Int, width: Int) {
    planes = [[Float]](repeating: [], count: channels)
    self.width = width
  }

  /// Adds rows of zeros up to a row.
  mutating func extend(to end: Int) {
    for c in planes.indices {
      planes[c] += repeatElement(0, count: (end - first) * width - planes[c].count)
    }
  }

  /// The band of some rows of `height`.
  func band(_ rows: Range<Int>, of height: Int) -> RowBand {
    let seen = max(rows.lowerBound - 1, 0)..<min(rows.upperBound + 1, height)
    let range = ((seen.lowerBound - first) * width)..<((seen.upperBound - first) * width)
    return RowBand(rows: rows, seen: seen, values: planes.flatMap { $0[range] })
  }

  /// Forgets the rows above one.
  mutating func drop(before row: Int) {
    guard row > first else { return }
    for c in planes.indices { planes[c].removeFirst((row - first) * width) }
    first = row
  }
}
