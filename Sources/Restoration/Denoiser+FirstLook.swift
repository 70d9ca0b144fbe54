internal import Checkpoints
internal import Networks
internal import Sampling

// A network that restores images can do without a word on their noise, and does better with one.
extension Denoiser {
  /// Tiles of an image that the first look sees: of large images some are enough to know the noise.
  private static let mostLooks = 4
  /// Pixels of the smallest image whose noise is measured: smaller ones tell too little of it.
  private static let fewestPixels = 64 * 64
  /// Those that are to be visible of the tiles.
  private static let fewestVisible = 32 * 32
  /// The least side of what is looked at, so that pixels have neighbors.
  private static let leastSide = 8
  /// The part of black or white samples past which noise is not measured: what they were cut off by is unknown.
  private static let mostClipped = 0.2

  /// Images of one size, with what their noise is like where nobody has told it: a first look takes it out of some tiles of
  /// each image and measures it.
  package func measured(
    _ inputs: [Input], _ plan: TilePlan, shouldStop: () -> Bool = { false }
  ) throws -> [Input] {
    let tileCount = looks(at: plan).count
    let unknown = inputs.indices.filter { inputs[$0].noiseLevel == nil }
    if tileCount == 0 || unknown.isEmpty { return inputs }
    let height = plan.tileHeight
    let channels = model.configuration.channels
    var removed = inputs.map {
      RemovedNoise(
        channels: channels, width: plan.tileWidth, height: tileCount * height, isGray: $0.isGray)
    }
    var flat = [FlatBlocks](repeating: FlatBlocks(), count: inputs.count)
    var (clipped, seen) = (
      [Int](repeating: 0, count: inputs.count), [Int](repeating: 0, count: inputs.count)
    )
    let looks = unknown.flatMap { image in
      self.looks(at: plan, of: inputs[image]).enumerated().map {
        (image: image, place: $0, tile: $1)
      }
    }
    try inBatches(looks.count, plan) { range in
      if shouldStop() { throw CancellationError() }
      let noisy = looks[range].map { tile($0.tile, of: inputs[$0.image], plan) }
      let clean = try means(
        noisy.flatMap { $0 }, [Double?](repeating: nil, count: noisy.count),
        predictor(width: plan.tileWidth, height: height))
      let size = clean.count / noisy.count
      for (i, look) in looks[range].enumerated() {
        // As if the tiles lay one below the other; where they meet, nothing is looked at.
        let first = look.place * height
        let isVisible = self.isVisible(look.tile, of: inputs[look.image], plan)
        flat[look.image].add(
          Array(noisy[i][..<size]), width: plan.tileWidth, height: height, isVisible: isVisible)
        let area = plan.tileWidth * height
        for j in 0..<size where isVisible?[j % area] ?? true {
          seen[look.image] += 1
          if abs(noisy[i][j]) >= 1 { clipped[look.image] += 1 }
        }
        removed[look.image].add(
          RowBand(
            rows: (first + 1)..<(first + height - 1), seen: first..<(first + height),
            values: Array(clean[(i * size)..<((i + 1) * size)])),
          noisy: Array(noisy[i][..<size]), isVisible: isVisible)
      }
    }
    var told = inputs
    for i in unknown
    where seen[i] >= channels * Self.fewestVisible
      && Double(clipped[i]) <= Self.mostClipped * Double(seen[i])
    {
      let found = inputs[i].told(removed[i].estimate, flat: flat[i].sigma)
      told[i] = inputs[i].told(
        sigma: min(found.sigma, range.upperBound), gain: min(found.gain, mostGain))
    }
    return told
  }

  /// The tiles of an image that a first look sees.
  func looks(at plan: TilePlan) -> [Int] {
    guard isRestoration, plan.width * plan.height >= Self.fewestPixels,
      min(plan.tileWidth, plan.tileHeight) >= Self.leastSide
    else { return [] }
    return plan.spreadTiles(Self.mostLooks)
  }

  /// The same of one image: of one with transparent parts the tiles that show most.
  private func looks(at plan: TilePlan, of input: Input) -> [Int] {
    let usual = looks(at: plan)
    if input.isVisible == nil { return usual }
    let visible = (0..<plan.count).map { tile in
      (tile: tile, pixels: isVisible(tile, of: input, plan)?.count(where: \.self) ?? 0)
    }
    return visible.sorted { ($1.pixels, $0.tile) < ($0.pixels, $1.tile) }.prefix(usual.count)
      .map(\.tile)
  }

  /// Which pixels of a tile show the image, and no continuation of it; nil for all of an opaque image.
  private func isVisible(_ number: Int, of input: Input, _ plan: TilePlan) -> [Bool]? {
    guard let isVisible = input.isVisible else { return nil }
    let (left, top) = plan.origin(number)
    return (0..<(plan.tileWidth * plan.tileHeight)).map { p in
      let (x, y) = (left + p % plan.tileWidth, top + p / plan.tileWidth)
      return x < input.width && y < input.height && isVisible[y * input.width + x]
    }
  }

  /// What the network sees of a tile: (I, tile height, tile width).
  private func tile(_ number: Int, of input: Input, _ plan: TilePlan) -> [Float] {
    let (left, top) = plan.origin(number)
    let rows = networkInput(input, top..<(top + plan.tileHeight), plan)
    return stride(from: left, to: rows.count, by: plan.paddedWidth).flatMap {
      rows[$0..<($0 + plan.tileWidth)]
    }
  }
}

extension Denoiser.Input {
  /// The noise of which a network that was told nothing has removed this, and flat parts show so much.
  ///
  /// What it leaves in was measured on photographs with noise of many kinds: a tenth, and a gray level; up to 1.5 more where
  /// neighbors are alike and there is color, as in what cameras make of their sensors' noise. The flattest parts show most of
  /// the whole.
  fileprivate func told(
    _ removed: NoiseEstimate, flat: Double?
  ) -> (sigma: Double, gain: Double) {
    var (sigma, gain) = (removed.sigma, 0.0)
    let isCoarse = Self.ramp(removed.correlation ?? 0, 0.3...0.5)
    let isColored = Self.ramp((removed.chroma ?? 0) / max(removed.luma ?? 0, 0.001), 0.4...0.8)
    let more = 1 + isCoarse * isColored * min(0.5 * sigma, 1.5)
    if let flat, 1.2 * flat > 1.1 * sigma + more { return (1.2 * flat, 0) }
    // Noise that is mostly counted photons is told as such; where it is not, the line is shaken by chance.
    if let read = removed.readNoise, let found = removed.gain, 2 * read * read < sigma * sigma {
      (sigma, gain) = (read, 1.1 * 1.1 * found)
    }
    return (1.1 * sigma + more, gain)
  }

  /// 0 below a range, 1 above it, and between them within it.
  private static func ramp(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    let clamped = min(max(value, range.lowerBound), range.upperBound)
    return (clamped - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  /// The same with noise in gray levels.
  fileprivate func told(sigma: Double, gain: Double) -> Self {
    Self(
      width: width, height: height, noiseLevel: sigma / 127.5, gain: gain, index: index,
      isGray: isGray, isVisible: isVisible, rows: rows)
  }
}
