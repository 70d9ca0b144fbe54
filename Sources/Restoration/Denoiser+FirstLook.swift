internal import Checkpoints
internal import Networks
internal import Sampling

// A network that restores images can do without a word on their noise, and does better with one.
extension Denoiser {
  /// Tiles of an image that the first look sees: of large images some are enough to know the noise.
  private static let mostLooks = 4
  /// Pixels of the smallest image whose noise is measured: smaller ones tell too little of it.
  private static let fewestPixels = 16 * 16
  /// The least side of what is looked at, so that pixels have neighbors.
  private static let leastSide = 8

  /// Images of one size, with what their noise is like where nobody has told it: a first look takes it out of some tiles of
  /// each image and measures it.
  package func measured(
    _ inputs: [Input], _ plan: TilePlan, shouldStop: () -> Bool = { false }
  ) throws -> [Input] {
    let unknown = inputs.indices.filter { inputs[$0].noiseLevel == nil }
    if self.looks(at: plan).isEmpty || unknown.isEmpty { return inputs }
    let channels = model.configuration.channels
    let tiles = inputs.map { self.looks(at: plan, of: $0) }
    var found = zip(inputs, tiles).map {
      FirstLook(plan, tiles: $1, channels: channels, isGray: $0.isGray)
    }
    let looks = unknown.flatMap { image in tiles[image].map { (image: image, tile: $0) } }
    try inBatches(looks.count, plan) { range in
      if shouldStop() { throw CancellationError() }
      let noisy = looks[range].map { tile($0.tile, of: inputs[$0.image], plan) }
      let clean = try means(
        noisy.flatMap { $0 }, [ToldNoise](repeating: ToldNoise(), count: noisy.count),
        predictor(width: plan.tileWidth, height: plan.tileHeight))
      let size = clean.count / noisy.count
      for (i, look) in looks[range].enumerated() {
        found[look.image].add(
          tile: look.tile, noisy: noisy[i][..<size], clean: clean[(i * size)..<((i + 1) * size)],
          isVisible: isVisible(look.tile, of: inputs[look.image], plan))
      }
    }
    var told = inputs
    for i in unknown {
      var noise = found[i].noise { inputs[i].whiteNoise }
      noise.level = noise.level.map { min($0, range.upperBound / 127.5) }
      noise.gain = min(noise.gain, mostGain)
      told[i].noise = noise
    }
    return told
  }

  /// The tiles of an image that a first look sees.
  func looks(at plan: TilePlan) -> [Int] {
    // A network that has seen no noise has learned nothing of its levels.
    guard isRestoration, range.upperBound > 0, plan.width * plan.height >= Self.fewestPixels,
      min(plan.tileWidth, plan.tileHeight) >= Self.leastSide
    else { return [] }
    return plan.spreadTiles(Self.mostLooks)
  }

  /// The same of one image: where these show little, as of a picture on a large page, the tiles that show most.
  private func looks(at plan: TilePlan, of input: Input) -> [Int] {
    let usual = looks(at: plan)
    func shown(_ number: Int) -> Int {
      let area = plan.tileWidth * plan.tileHeight
      let channels = model.configuration.channels
      return variedPixels(
        Array(tile(number, of: input, plan)[..<(channels * area)]), channels: channels,
        width: plan.tileWidth, isVisible: isVisible(number, of: input, plan)
      ).count(where: \.self)
    }
    let enough = plan.tileWidth * plan.tileHeight / 2
    if usual.count == plan.count || usual.allSatisfy({ shown($0) >= enough }) { return usual }
    let all = (0..<plan.count).map { (tile: $0, pixels: shown($0)) }
    return all.sorted { ($1.pixels, $0.tile) < ($0.pixels, $1.tile) }.prefix(usual.count).map(
      \.tile)
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
  /// The standard deviation of white noise in a grayscale image, in gray levels.
  fileprivate var whiteNoise: Double {
    127.5
      * estimatedNoiseLevel(channels: 1, height: height, width: width, isVisible: isVisible) {
        Array(rows($0).prefix($0.count * width))
      }
  }
}
