package import Sampling

/// What the noise is like that has been taken out of an image, from sums over its rows.
package struct RemovedNoise {
  private let width: Int
  private let height: Int
  private let channels: Int
  private var all = MeanSquare()
  private var luma = MeanSquare()
  private var chroma = MeanSquare()
  private var tones = ToneLine()
  /// The products of neighbors, side by side and one below the other.
  private var products = (sum: 0.0, count: 0)
  private var across = BlockSteps()
  private var down = BlockSteps()

  /// Of an image (C, H, W).
  ///
  /// - Parameter isGray: whether the channels are one channel repeated.
  package init(channels: Int, width: Int, height: Int, isGray: Bool) {
    (self.width, self.height, self.channels) = (width, height, isGray ? 1 : channels)
  }

  /// Adds a band of the image.
  ///
  /// - Parameters:
  ///   - noisy: the rows that are seen of it, before: (C, rows, W).
  ///   - isVisible: which pixels of these rows count; nil for all.
  package mutating func add(_ clean: RowBand, noisy: [Float], isVisible: [Bool]? = nil) {
    let area = clean.seen.count * width
    // The brightness noise, in gray levels.
    var shared = [Float](repeating: 0, count: area)
    for c in 0..<channels {
      for p in 0..<area {
        shared[p] += 127.5 * (noisy[c * area + p] - clean.values[c * area + p]) / Float(channels)
      }
    }
    let counts = variedPixels(
      Array(noisy[..<(channels * area)]), channels: channels, width: width, isVisible: isVisible)
    for y in clean.rows {
      let row = (y - clean.seen.lowerBound) * width
      addSquares(row..<(row + width), clean.values, noisy, shared, counts)
      addNeighbors(row, shared, y, counts)
    }
  }

  private mutating func addSquares(
    _ row: Range<Int>, _ clean: [Float], _ noisy: [Float], _ shared: [Float], _ counts: [Bool]
  ) {
    for p in row where counts[p] {
      var tone: Float = 0
      var squares = 0.0
      for i in stride(from: p, to: channels * shared.count, by: shared.count) {
        let removed = 127.5 * (noisy[i] - clean[i])
        tone += (clean[i] * 127.5 + 127.5) / Float(channels)
        squares += Double(removed * removed)
        chroma.add(removed - shared[p])
      }
      luma.add(shared[p])
      all.add(squares, of: channels)
      tones.add(squares, of: channels, at: tone)
    }
  }

  private mutating func addNeighbors(
    _ row: Int, _ shared: [Float], _ y: Int, _ counts: [Bool]
  ) {
    func count(_ p: Int, _ q: Int) -> Bool { counts[p] && counts[q] }
    for p in (row + 1)..<(row + max(width, 1)) where count(p, p - 1) {
      products.sum += Double(shared[p] * shared[p - 1])
      products.count += 1
      across.add(abs(shared[p] - shared[p - 1]), at: p - row)
    }
    if y > 0 {
      for p in row..<(row + width) where count(p, p - width) {
        down.add(abs(shared[p] - shared[p - width]), at: y)
      }
    }
    if y + 1 < height {
      for p in row..<(row + width) where count(p, p + width) {
        products.sum += Double(shared[p] * shared[p + width])
        products.count += 1
      }
    }
  }

  /// What is known of it when all bands have been added.
  package var estimate: NoiseEstimate {
    var estimate = NoiseEstimate(sigma: all.root)
    estimate.luma = luma.root
    if channels > 1 { estimate.chroma = chroma.root }
    (estimate.readNoise, estimate.gain) = tones.line ?? (all.root, 0)
    let mean = luma.root * luma.root
    estimate.correlation =
      mean > 0 && products.count > 0 ? products.sum / Double(products.count) / mean : 0
    estimate.hasJPEGGrid = width >= 64 && height >= 64 && across.isGrid && down.isGrid
    return estimate
  }
}

/// The mean of squares, and its root.
private struct MeanSquare {
  private var sum = 0.0
  private var count = 0

  mutating func add(_ value: Float) { add(Double(value * value), of: 1) }

  mutating func add(_ squares: Double, of count: Int) {
    sum += squares
    self.count += count
  }

  var root: Double { count > 0 ? (sum / Double(count)).squareRoot() : 0 }
}

/// How the noise's variance grows with the tone: read^2 + gain x, the least squares over classes of tones.
private struct ToneLine {
  private struct Class {
    var count = 0.0
    var squares = 0.0
    var tones = 0.0
  }

  /// Gray levels of a class.
  private static let width: Float = 16
  /// Samples of a class that counts.
  private static let fewest = 200.0
  private var classes = [Class](repeating: Class(), count: 16)

  mutating func add(_ squares: Double, of count: Int, at tone: Float) {
    let index = min(max(Int(tone / Self.width), 0), classes.count - 1)
    classes[index].count += Double(count)
    classes[index].squares += squares
    classes[index].tones += Double(count) * Double(tone)
  }

  /// Nil where there are too few samples.
  var line: (read: Double, gain: Double)? {
    let used = classes.filter { $0.count >= Self.fewest }
    let total = used.reduce(0) { $0 + $1.count }
    if total == 0 { return nil }
    let x = used.reduce(0) { $0 + $1.tones } / total
    let y = used.reduce(0) { $0 + $1.squares } / total
    var (xx, xy) = (0.0, 0.0)
    for one in used {
      let (dx, dy) = (one.tones / one.count - x, one.squares / one.count - y)
      xx += one.count * dx * dx
      xy += one.count * dx * dy
    }
    let gain = xx > 0 ? min(max(xy / xx, 0), x > 0 ? y / x : 0) : 0
    return (max(y - gain * x, 0).squareRoot(), gain)
  }
}

/// The mean steps between neighbors before each place of eight, as JPEG's blocks have them.
private struct BlockSteps {
  private var sums = [Double](repeating: 0, count: 8)
  private var counts = [Int](repeating: 0, count: 8)

  mutating func add(_ step: Float, at place: Int) {
    sums[place % 8] += Double(step)
    counts[place % 8] += 1
  }

  /// Whether those of one place are larger than the others.
  var isGrid: Bool {
    let steps = zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : 0 }.sorted()
    let largest = steps[7]
    return largest > 1.15 * steps[3] && largest > 0.2
  }
}
