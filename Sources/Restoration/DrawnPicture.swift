package import PNGCodec

/// What the differences between neighboring pixels tell of a picture: whether it was drawn, as text, lines, pixel art and
/// screenshots are, and shows no noise.
///
/// In drawings most neighbors are equal, and where they are not, they differ by much. Noise makes neighbors differ,
/// mostly by little, and so does JPEG. A network that knows photographs takes fine patterns of drawings for noise.
extension DeepImage {
  /// Pixels that are looked at, about; of larger pictures some rows.
  private static let mostPixels = 1 << 21
  /// The least part of equal neighbors: of drawings it is 0.45 and more, of noise cut off at white up to 0.6.
  private static let leastEqual = 0.4
  /// Colors, and gray levels, with which a picture of 32 times as many pixels is drawn, however few neighbors are equal. Where
  /// photons were counted there may be few levels, too.
  private static let (fewColors, fewGrays) = (32, 4)
  /// Colors of which there is a pattern, and no noise.
  private static let patternColors = 2
  /// A difference that is small, in gray levels of 65,535.
  private static let small = 16 * 257
  /// The largest part of small ones among all differences: of drawings it is up to 0.18, of JPEG 0.48 and more,
  /// of noise cut off at white 0.21 and more.
  private static let mostSmall = 0.2

  /// The side of a square that is looked at alone, and how many of noise are no accident.
  private static let (squareSide, noisySquares) = (16, 4)

  /// Whether the picture was drawn and shows no noise.
  package var isDrawn: Bool {
    let step = Swift.max(1, width * height / Self.mostPixels)
    let rows = Array(stride(from: 0, to: height, by: step))
    let levels = levels(in: rows)
    // However near to each other its levels are.
    if levels.areFew, levels.count <= Self.patternColors || isMadeOfAreas(in: rows) { return true }
    // Of few gray levels neighboring ones are near to each other, however far apart they are.
    let small = levels.distance * 6 < 65535 ? Swift.max(Self.small, levels.distance) : Self.small
    var found = Neighbors(small: small)
    var equal = EqualNeighbors(width: width)
    for (number, y) in rows.enumerated() {
      for x in 0..<width {
        let p = y * width + x
        func look(at other: Int, place: Int) {
          guard let difference = compare(p, other, &found) else { return }
          if difference == 0 && isClipped(p) { return }
          equal.add(
            difference, column: x, row: number, isBelow: other > p + 1,
            isAcross: place % EqualNeighbors.block == 0)
        }
        if x + 1 < width { look(at: p + 1, place: x + 1) }
        if y + 1 < height { look(at: p + width, place: y + 1) }
      }
    }
    // Of few gray levels noise leaves many neighbors equal.
    let areFewGrays = levels.isGray && levels.count <= Self.fewColors
    if !areFewGrays, equal.leaveNoNoise(isGray: levels.isGray) { return true }
    let isFlat = levels.areFew || Double(found.equal) >= Self.leastEqual * Double(found.pairs)
    return isFlat && Double(found.near) <= Self.mostSmall * Double(found.pairs - found.equal)
      && (levels.areFew || !hasNoisyPlaces)
  }

  /// Whether nearly all pixels lie in squares of two by two equal ones, as those of areas and strokes do. Of noise, whose levels
  /// were made few by rounding, one in thirty or more do not.
  private func isMadeOfAreas(in rows: [Int]) -> Bool {
    func isEqual(_ a: Int, _ b: Int) -> Bool { difference(a, b) == 0 }
    var (seen, alone) = (0, 0)
    for y in rows {
      for x in 0..<width {
        let p = y * width + x
        guard isVisible(p) else { continue }
        seen += 1
        let isInSquare = [-1, 1].contains { dy in
          guard 0..<height ~= y + dy, isEqual(p, p + dy * width) else { return false }
          return [-1, 1].contains { dx in
            0..<width ~= x + dx && isEqual(p, p + dx) && isEqual(p, p + dy * width + dx)
          }
        }
        if !isInSquare { alone += 1 }
      }
    }
    return alone * 30 <= seen
  }

  /// Whether some squares of the picture are of noise, as those of a noisy photograph between black bars or on a page: hardly
  /// two neighbors are equal, few are near to each other, and there are many levels.
  private var hasNoisyPlaces: Bool {
    let side = Self.squareSide
    let (columns, rows) = (width / side, height / side)
    let step = Swift.max(1, width * height / Self.mostPixels)
    var found = 0
    for square in stride(from: 0, to: columns * rows, by: step) {
      let (left, top) = (square % columns * side, square / columns * side)
      if isNoise(left, top) { found += 1 }
      if found * step >= Self.noisySquares { return true }
    }
    return false
  }

  private func isNoise(_ left: Int, _ top: Int) -> Bool {
    let side = Self.squareSide
    var found = Neighbors(small: Self.small)
    for y in top..<(top + side) {
      for p in (y * width + left)..<(y * width + left + side - 1) { compare(p, p + 1, &found) }
    }
    guard found.pairs * 2 > side * side, found.equal * 10 <= found.pairs,
      found.near * 10 <= 6 * found.pairs
    else { return false }
    var colors: Set<UInt16> = []
    for y in top..<(top + side) {
      for p in (y * width + left)..<(y * width + left + side) where isVisible(p) {
        colors.insert(pixels[p * channels])
      }
    }
    return colors.count > Self.fewColors
  }

  /// How many colors there are in some rows, up to a few; whether they are few, and all gray; and what all differences of their
  /// samples are multiples of.
  private func levels(
    in rows: [Int]
  ) -> (count: Int, areFew: Bool, isGray: Bool, distance: Int) {
    var colors: Set<Int> = []
    var isGray = true
    var last = -1
    var distance = 0
    let first = Int(pixels.first ?? 0)
    for y in rows {
      for p in (y * width)..<(y * width + width) where isVisible(p) {
        let samples = pixels[(p * channels)..<(p * channels + format.colors)]
        let color = samples.reduce(0) { $0 << 16 | Int($1) }
        if color == last { continue }
        last = color
        if colors.count <= Self.fewColors { colors.insert(color) }
        if isGray { isGray = samples.allSatisfy { $0 == samples.first } }
        if distance != 1 && distance != 257 {
          for sample in samples { distance = greatestDivisor(distance, abs(Int(sample) - first)) }
        }
      }
    }
    let areFew = colors.count <= (isGray ? Self.fewGrays : Self.fewColors)
    return (
      colors.count, areFew && colors.count * Self.fewColors <= rows.count * width,
      isGray, distance
    )
  }

  private func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

  /// Counts two neighbors, and gives by how much they differ; nil unless both are visible.
  @discardableResult
  private func compare(_ a: Int, _ b: Int, _ found: inout Neighbors) -> Int? {
    guard isVisible(a) && isVisible(b) else { return nil }
    let difference = difference(a, b)
    found.add(difference)
    return difference
  }

  /// Whether noise may have been cut off from all colors of a pixel.
  private func isClipped(_ pixel: Int) -> Bool {
    (0..<format.colors).allSatisfy { [0, .max].contains(pixels[pixel * channels + $0]) }
  }

  private func isVisible(_ pixel: Int) -> Bool {
    !format.hasAlpha || pixels[pixel * channels + format.colors] > 0
  }

  /// The largest difference of the colors of two pixels.
  private func difference(_ a: Int, _ b: Int) -> Int {
    var largest = 0
    for c in 0..<format.colors {
      let difference = Int(pixels[a * channels + c]) - Int(pixels[b * channels + c])
      largest = Swift.max(largest, abs(difference))
    }
    return largest
  }
}

/// How pairs of neighbors differ.
private struct Neighbors {
  /// What a difference is at most that is small.
  let small: Int
  private(set) var (pairs, equal, near) = (0, 0, 0)

  init(small: Int) { self.small = small }

  mutating func add(_ difference: Int) {
    pairs += 1
    if difference == 0 { equal += 1 } else if difference <= small { near += 1 }
  }
}
