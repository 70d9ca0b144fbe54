internal import Sampling

/// What a first look at some tiles of an image tells of its noise.
struct FirstLook {
  /// Samples that are to be visible of the tiles in each channel.
  private static let fewestVisible = 32 * 32
  /// The part of black or white samples past which noise is not measured: what they were cut off by is unknown.
  private static let mostClipped = 0.2

  private let channels: Int
  private let plan: TilePlan
  private let tiles: [Int]
  private var removed: RemovedNoise
  private let isGray: Bool
  private var flat: FlatBlocks
  private var flatNoise = FlatNoise()
  private var places: NoisePlaces
  private var clipped = 0
  private var seen = 0

  /// - Parameters:
  ///   - tiles: the numbers of those that are looked at.
  ///   - isGray: whether the channels are one channel repeated.
  init(_ plan: TilePlan, tiles: [Int], channels: Int, isGray: Bool) {
    (self.plan, self.tiles, self.channels, self.isGray) = (plan, tiles, channels, isGray)
    flat = FlatBlocks(side: Self.isSmall(plan) ? 6 : 8)
    removed = RemovedNoise(
      channels: channels, width: plan.tileWidth, height: tiles.count * plan.tileHeight,
      isGray: isGray)
    places = NoisePlaces(width: plan.width, height: plan.height)
  }

  /// Adds a tile, noisy and clean (C, H, W).
  ///
  /// - Parameter isVisible: (H, W): which pixels count; nil for all.
  mutating func add(
    tile: Int, noisy: ArraySlice<Float>, clean: ArraySlice<Float>, isVisible: [Bool]?
  ) {
    let (width, height) = (plan.tileWidth, plan.tileHeight)
    let (noisy, clean) = (Array(noisy), Array(clean))
    flat.add(noisy, width: width, height: height, isVisible: isVisible)
    let grid = BlockGrid(width: width, height: height)
    flatNoise += FlatWindows(noisy[...], grid, isVisible: isVisible).sums(noisy[...])
    let counts = variedPixels(
      noisy, channels: channels, width: width, isVisible: isVisible)
    for i in noisy.indices where counts[i % (width * height)] {
      seen += 1
      if abs(noisy[i]) >= 1 { clipped += 1 }
    }
    // As if the tiles lay one below the other; where they meet, nothing is looked at.
    let first = (tiles.firstIndex(of: tile) ?? 0) * height
    removed.add(
      RowBand(
        rows: (first + 1)..<(first + height - 1), seen: first..<(first + height), values: clean),
      noisy: noisy, isVisible: isVisible)
    places.add(
      noisy: noisy, clean: clean, width: width, height: height, at: plan.origin(tile),
      isVisible: counts)
  }

  /// Whether an image has too few pixels for more than a glance.
  private static func isSmall(_ plan: TilePlan) -> Bool { plan.width * plan.height < 64 * 64 }

  /// What the network is to be told; nothing where too little is seen, too much is black or white, or noise differs from place
  /// to place in an image of which not all was seen.
  ///
  /// - Parameter white: the white noise in the image, in gray levels.
  func noise(white: () -> Double) -> ToldNoise {
    if Self.isSmall(plan) {
      // By chance the least of many blocks show less than there is, of one channel more so than of three.
      let floor = flat.floor.map { $0 * (isGray ? 1.2 : 1.1) }
      return ToldNoise(small: removed.estimate, floor: floor)
    }
    guard seen >= channels * Self.fewestVisible,
      Double(clipped) <= Self.mostClipped * Double(seen)
    else { return ToldNoise() }
    let estimate = removed.estimate
    var noise = ToldNoise(estimate, flat: flat.sigma, flatNoise, white: white)
    let isLine = noise.gain > 0
    let factors = places.factors(
      read: isLine ? estimate.readNoise ?? 0 : estimate.sigma,
      gain: isLine ? estimate.gain ?? 0 : 0)
    if tiles.count == plan.count {
      noise.factors = factors.allSatisfy { $0 == 1 } ? nil : factors
    } else if places.differ(factors) {
      return ToldNoise()
    }
    return noise
  }
}
