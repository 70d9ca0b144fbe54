/// The flattest windows of 3 x 3 pixels in each block of a picture, which show its noise alone, however many and however hard its
/// edges are: of drawings and mosaics a network takes away more than there ever was.
struct FlatWindows {
  /// Pixels of a window's edge, and of a window.
  private static let (side, area) = (3, 9)
  /// The part of samples at black or white in a block past which noise is cut off there, so that flat windows show less.
  private static let mostClipped: Float = 0.06
  /// The variance of white noise of 1 in the flattest window of three by three blocks, of one channel and of three, by a
  /// simulation.
  private static let (ofOne, ofThree): (Float, Float) = (0.122, 0.356)
  /// The variance, on the [-1, 1] scale, below which a window shows no noise but that of rounding.
  private static let rounding: Float = 1e-6

  /// What a window is like about its mean; the mean over the channels.
  private struct Window {
    /// Its first pixel.
    var corner = 0
    var variance = Float.infinity
  }

  private let grid: BlockGrid
  private let channels: Int
  /// Of each block.
  private var windows: [Window]
  /// The part of white noise's variance that the flattest window of three by three blocks shows.
  private var shown: Float = 1

  /// Of a picture (C, H, W) on the [-1, 1] scale.
  ///
  /// - Parameter isVisible: (H, W): windows count where all of it is; nil for all windows.
  init(_ values: ArraySlice<Float>, _ grid: BlockGrid, isVisible: [Bool]? = nil) {
    self.grid = grid
    // Channels may be one channel repeated.
    let plane = grid.width * grid.height
    let isGray = values.dropFirst(plane).prefix(plane).elementsEqual(values.prefix(plane))
    channels = isGray ? 1 : values.count / plane
    windows = [Window](repeating: Window(), count: grid.count)
    if min(grid.width, grid.height) < Self.side { return }
    let channels = channels
    values.withUnsafeBufferPointer { values in
      let clipped = grid.means { p in
        (0..<channels).reduce(0) { abs(values[$1 * plane + p]) < 1 ? $0 : $0 + 1 }
          / Float(channels)
      }
      var row = [Float](repeating: 0, count: grid.width - Self.side + 1)
      for y in 0...(grid.height - Self.side) {
        addVariances(values, y, to: &row)
        for x in row.indices {
          let block = (y + 1) / BlockGrid.side * grid.columns + (x + 1) / BlockGrid.side
          let corner = y * grid.width + x
          guard row[x] < windows[block].variance, clipped[block] <= Self.mostClipped,
            isWhole(corner, isVisible)
          else { continue }
          windows[block] = Window(corner: corner, variance: row[x])
        }
      }
    }
    shown = shownPart(values)
  }

  /// That of one channel where one has nearly all noise: by (sum of v)^2 / sum of v^2 with the variances v of the channels, 1
  /// to 3. Edges make channels differ too, so that from 2 on it is that of three.
  private func shownPart(_ values: ArraySlice<Float>) -> Float {
    var variances = [Float](repeating: 0, count: channels)
    for window in windows where window.variance < .infinity {
      for c in variances.indices {
        for value in part(of: values, window, c) { variances[c] += value * value }
      }
    }
    let sum = variances.reduce(0, +)
    let squares = variances.reduce(0) { $0 + $1 * $1 }
    let share = squares > 0 ? min(max(sum * sum / squares - 1, 0), 1) : 1
    return channels == 1 ? Self.ofOne : Self.ofOne + share * (Self.ofThree - Self.ofOne)
  }

  /// The variances of the windows whose first pixels are in a row.
  private func addVariances(
    _ values: UnsafeBufferPointer<Float>, _ y: Int, to row: inout [Float]
  ) {
    let (width, plane) = (grid.width, grid.width * grid.height)
    var sums = [Float](repeating: 0, count: row.count)
    var squares = sums
    for x in row.indices { row[x] = 0 }
    for c in 0..<channels {
      let first = c * plane + y * width
      for x in row.indices { (sums[x], squares[x]) = (0, 0) }
      for place in 0..<Self.area {
        let other = first + place / Self.side * width + place % Self.side
        for x in row.indices {
          // From the middle, since squares of a tone would leave little of a small variance.
          let difference = values[other + x] - values[first + width + 1 + x]
          sums[x] += difference
          squares[x] += difference * difference
        }
      }
      let scale = Float(channels * (Self.area - 1))
      for x in row.indices {
        row[x] += max(0, squares[x] - sums[x] * sums[x] / Float(Self.area)) / scale
      }
    }
  }

  private func isWhole(_ corner: Int, _ isVisible: [Bool]?) -> Bool {
    guard let isVisible else { return true }
    return (0..<Self.area).allSatisfy {
      isVisible[corner + $0 / Self.side * grid.width + $0 % Self.side]
    }
  }

  /// The flattest window in each block and those around it.
  private var flattest: [Window] { overNeighbors(windows) { $0.variance < $1.variance } }

  /// The first by an order of what the blocks around each have.
  private func overNeighbors<T>(_ blocks: [T], _ isFirst: (T, T) -> Bool) -> [T] {
    grid.indices.map { block in
      let (row, column) = (block / grid.columns, block % grid.columns)
      var found = blocks[block]
      for y in max(0, row - 1)...min(grid.rows - 1, row + 1) {
        for x in max(0, column - 1)...min(grid.columns - 1, column + 1) {
          let other = blocks[y * grid.columns + x]
          if isFirst(other, found) { found = other }
        }
      }
      return found
    }
  }

  /// The variance of the noise around each block, if it is white; infinity where none is known.
  var variances: [Float] {
    // The most of what places around show, so that the edge of an area without noise is not one of the noise beside it.
    overNeighbors(flattest.map { $0.variance / shown }, >)
  }

  /// What the windows show of noise together.
  ///
  /// - Parameter values: of the picture.
  func sums(_ values: ArraySlice<Float>) -> FlatNoise {
    var noise = FlatNoise()
    for window in flattest where window.variance < .infinity {
      noise.blocks += 1
      noise.variance += Double(window.variance / shown)
      if channels == 1 || window.variance < Self.rounding { continue }
      noise.ofChannels.add(channelProducts(values, window), window.variance)
    }
    for window in windows where window.variance < .infinity && window.variance >= Self.rounding {
      noise.ofNeighbors.add(neighborProducts(values, window), window.variance)
    }
    return noise
  }

  /// The mean product of neighbors in a window, about its mean.
  private func neighborProducts(_ values: ArraySlice<Float>, _ window: Window) -> Float {
    var sum: Float = 0
    for c in 0..<channels {
      let pixels = part(of: values, window, c)
      for i in pixels.indices {
        if i % Self.side < Self.side - 1 { sum += pixels[i] * pixels[i + 1] }
        if i + Self.side < Self.area { sum += pixels[i] * pixels[i + Self.side] }
      }
    }
    return sum / Float(channels * 2 * Self.side * (Self.side - 1))
  }

  /// The mean product of two channels in a window, about their means.
  private func channelProducts(_ values: ArraySlice<Float>, _ window: Window) -> Float {
    let pixels = (0..<channels).map { part(of: values, window, $0) }
    var sum: Float = 0
    for c in 0..<channels {
      for d in 0..<c { sum += zip(pixels[c], pixels[d]).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    return sum / Float((Self.area - 1) * channels * (channels - 1) / 2)
  }

  /// A channel of a window, about its mean.
  private func part(of values: ArraySlice<Float>, _ window: Window, _ channel: Int) -> [Float] {
    let first = values.startIndex + channel * grid.width * grid.height + window.corner
    let pixels = (0..<Self.area).map {
      values[first + $0 / Self.side * grid.width + $0 % Self.side]
    }
    let mean = pixels.reduce(0, +) / Float(Self.area)
    return pixels.map { $0 - mean }
  }
}
