extension TilePlan {
  /// The image, (C, height, width), continued by reflection to (C, paddedHeight, paddedWidth).
  package func padded(_ image: [Float], channels: Int) -> [Float] {
    precondition(image.count == channels * height * width, "the image has another size")
    if width == paddedWidth && height == paddedHeight { return image }
    let columns = (0..<paddedWidth).map { Self.reflected($0, in: width) }
    var result: [Float] = []
    result.reserveCapacity(channels * paddedHeight * paddedWidth)
    for c in 0..<channels {
      for y in 0..<paddedHeight {
        let row = (c * height + Self.reflected(y, in: height)) * width
        for x in columns { result.append(image[row + x]) }
      }
    }
    return result
  }

  /// The image, (C, height, width), of its padded form.
  package func cropped(_ padded: [Float], channels: Int) -> [Float] {
    precondition(
      padded.count == channels * paddedHeight * paddedWidth, "the image has another size")
    if width == paddedWidth && height == paddedHeight { return padded }
    var result: [Float] = []
    result.reserveCapacity(channels * height * width)
    for c in 0..<channels {
      for y in 0..<height {
        let row = (c * paddedHeight + y) * paddedWidth
        result += padded[row..<(row + width)]
      }
    }
    return result
  }

  /// Tile `index` of a padded image: (C, tileHeight, tileWidth).
  package func tile(_ index: Int, of padded: [Float], channels: Int) -> [Float] {
    let (left, top) = origin(index)
    var result: [Float] = []
    result.reserveCapacity(channels * tileHeight * tileWidth)
    for c in 0..<channels {
      for y in 0..<tileHeight {
        let row = (c * paddedHeight + top + y) * paddedWidth + left
        result += padded[row..<(row + tileWidth)]
      }
    }
    return result
  }

  /// Adds the weighted tile `index` to a padded image that was zero before the first tile.
  package func add(_ tile: [Float], _ index: Int, to padded: inout [Float], channels: Int) {
    precondition(tile.count == channels * tileHeight * tileWidth, "the tile has another size")
    let (left, top) = origin(index)
    for c in 0..<channels {
      for y in 0..<tileHeight {
        let source = (c * tileHeight + y) * tileWidth
        let target = (c * paddedHeight + top + y) * paddedWidth + left
        for x in 0..<tileWidth {
          padded[target + x] += weight(index, x: x, y: y) * tile[source + x]
        }
      }
    }
  }

  /// Puts a padded image through `process`, up to `batch` tiles at a time, and blends what comes
  /// back.
  ///
  /// - Parameters:
  ///   - outputChannels: of what comes back; nil for as many.
  ///   - process: takes that many tiles, (N, C, tileHeight, tileWidth), and gives as many.
  package func blended(
    _ padded: [Float], channels: Int, outputChannels: Int? = nil, batch: Int,
    _ process: (_ tiles: [Float], _ count: Int) throws -> [Float]
  ) rethrows -> [Float] {
    if count == 1 { return try process(padded, 1) }
    let outputChannels = outputChannels ?? channels
    var result = [Float](repeating: 0, count: outputChannels * paddedHeight * paddedWidth)
    let size = outputChannels * tileHeight * tileWidth
    for first in stride(from: 0, to: count, by: batch) {
      let indices = first..<min(first + batch, count)
      let tiles = indices.flatMap { tile($0, of: padded, channels: channels) }
      let processed = try process(tiles, indices.count)
      for (position, index) in indices.enumerated() {
        let values = Array(processed[(position * size)..<((position + 1) * size)])
        add(values, index, to: &result, channels: outputChannels)
      }
    }
    return result
  }

  /// Index `i` of a line of `count` that goes on as if mirrored at its ends, which do not repeat.
  private static func reflected(_ i: Int, in count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let within = i % period
    return within < count ? within : period - within
  }
}
