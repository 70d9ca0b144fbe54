public import Checkpoints
internal import Compiler
internal import Diffusion
internal import Graph
internal import Images
internal import Networks
internal import Random
internal import Sampling

/// Takes noise out of images with a model of clean ones.
///
/// An image y = x_0 + s n, scaled by sqrt(abar_t), is x_t at the timestep t where the schedule's noise
/// level is s (a real number, between two whole timesteps). From there the network gives the mean of
/// the clean images that fit, or the reverse process leads down to one of them.
public final class Denoiser {
  /// What is taken for the clean image.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// E[x_0 | x_t], one evaluation of the network: the least squared error.
    case mean
    /// One sample of the reverse process from that level down: sharper, and further from the truth.
    case sample
  }

  /// What is known of clean images.
  public let model: DiffusionModel
  /// What is taken for the clean image.
  public let method: Method
  /// Evaluations of the network for a sample.
  public let steps: Int
  /// What a sample's noise follows from.
  public let seed: UInt64
  /// The flips of an image over which means are averaged.
  public let ensemble: SelfEnsemble
  let precision: Program.Precision
  let threads: Int?
  /// The largest side of what the network sees at once.
  let tile: Int
  /// Bytes that an image may take with all that is computed for it; nil for any number.
  private let memoryLimit: Int?
  private var predictors: [ImageSize: NoisePredictor] = [:]
  /// Tiles, or images that are not larger, that are computed at once, at most.
  static let mostTiles = 16
  /// Their pixels, at most: what more of them gain in speed is less than 1 %.
  static let mostPixels = 1 << 19
  /// Pixels that neighboring tiles share, so that none is seen without what is around it.
  static let overlap = 64
  /// How many images of one size are best given together. Where memory is short, one.
  var imagesAtOnce: Int { memoryLimit == nil && method == .mean ? Self.mostTiles : 1 }

  /// A denoiser with a model and an estimator.
  ///
  /// - Parameters:
  ///   - ensemble: the flips of an image over which means are averaged; samples are of the image as it is.
  ///   - precision: what the network is evaluated in.
  ///   - tile: the largest side of a tile; nil takes the usual one for the network.
  ///   - memoryLimit: bytes that an image may take with all that is computed for it.
  public init(
    _ model: DiffusionModel, method: Method, steps: Int = 50, seed: UInt64 = 0,
    ensemble: SelfEnsemble = .one, tile: Int? = nil,
    precision: TrainingSettings.Precision = .auto, memoryLimit: Int? = nil, threads: Int? = nil
  ) {
    self.model = model
    self.method = method
    self.steps = steps
    self.seed = seed
    self.ensemble = ensemble
    self.precision = method == .mean ? precision.denoising : precision.sampling
    self.memoryLimit = memoryLimit
    self.threads = threads
    self.tile = tile ?? Self.usualTile(model)
  }

  /// The largest side of a tile where nobody says one: the training images' size for a network with attention, which has
  /// seen no other, and 512 for others.
  static func usualTile(_ model: DiffusionModel) -> Int {
    let trained = model.configuration.images
    return model.configuration.network.hasAttention ? max(trained.width, trained.height) : 512
  }

  /// Takes the noise out of images that have one size, and gives the clean ones band by band: of large images no more
  /// than a band is held in memory. An image's result does not depend on the others.
  ///
  /// - Parameters:
  ///   - shouldStop: asked now and then whether to end.
  ///   - take: takes the bands of the image of an index, (C, rows, W), from the top to the bottom.
  /// - Throws: `DenoiserMemory` where an image takes more memory than it may; `CancellationError` where it is to end.
  func denoise(
    _ inputs: [Input], shouldStop: () -> Bool = { false },
    take: (_ image: Int, RowBand) throws -> Void
  ) throws {
    guard let first = inputs.first else { return }
    let plan = self.plan(width: first.width, height: first.height)
    let inputs = try measured(inputs, plan, shouldStop: shouldStop)
    guard inputs.count > 1, plan.count == 1, method == .mean else {
      for (index, input) in inputs.enumerated() {
        try denoise(input, plan, shouldStop) { try take(index, $0) }
      }
      return
    }
    try inBatches(inputs.count, plan) { range in
      let clean = try means(Array(inputs[range]), plan)
      for (index, values) in clean.enumerated() {
        try take(range.lowerBound + index, RowBand(whole: values, height: first.height))
      }
    }
  }

  /// Ranges of `total` tiles, or images of one tile each, that go through the network together.
  func inBatches(_ total: Int, _ plan: TilePlan, _ body: (Range<Int>) throws -> Void) throws {
    // Halved at the end, so that there are few programs.
    let most = try fitting(Self.mostTiles, plan)
    var done = 0
    while done < total {
      var count = most
      while count > total - done { count /= 2 }
      try body(done..<(done + count))
      done += count
    }
  }

  /// The clean images (C, H, W) of noisy ones that have one size.
  package func denoise(_ inputs: [Input]) throws -> [[Float]] {
    let channels = model.configuration.channels
    var results = inputs.map { [Float](repeating: 0, count: channels * $0.width * $0.height) }
    try denoise(inputs) {
      $1.put(into: &results[$0], width: inputs[$0].width, height: inputs[$0].height)
    }
    return results
  }

  package func plan(width: Int, height: Int) -> TilePlan {
    TilePlan(
      width: width, height: height, multiple: model.configuration.network.strideMultiple,
      tile: tile, overlap: min(Self.overlap, tile / 4))
  }

  /// The means of images that are one tile each.
  private func means(_ inputs: [Input], _ plan: TilePlan) throws -> [[Float]] {
    let channels = model.configuration.channels
    let predictor = try predictor(width: plan.tileWidth, height: plan.tileHeight)
    let clean = try ensembleMeans(
      inputs.flatMap { networkInput($0, 0..<plan.paddedHeight, plan) }, inputs.map(\.noise),
      predictor)
    let size = clean.count / inputs.count
    return inputs.indices.map { i in
      let padded = RowBand(
        whole: Array(clean[(i * size)..<((i + 1) * size)]), height: plan.paddedHeight)
      return plan.cropped(padded, channels: channels)?.values ?? []
    }
  }

  private func denoise(
    _ input: Input, _ plan: TilePlan, _ shouldStop: () -> Bool, take: (RowBand) throws -> Void
  ) throws {
    let configuration = model.configuration
    let channels = configuration.channels
    let batch = try fitting(plan.count, plan)
    let predictor = try predictor(width: plan.tileWidth, height: plan.tileHeight)
    func takeCropped(_ band: RowBand) throws {
      if let band = plan.cropped(band, channels: channels) { try take(band) }
    }
    switch method {
    case .mean:
      try plan.blend(
        channels: (configuration.network.inputChannels, channels), batch: batch,
        rows: { self.networkInput(input, $0, plan) },
        { tiles, count in
          if shouldStop() { throw CancellationError() }
          return try ensembleMeans(
            tiles, [ToldNoise](repeating: input.noise, count: count), predictor)
        }, take: takeCropped)
    case .sample:
      let start = networkInput(input, 0..<plan.paddedHeight, plan)
      let clean = try sample(start, input, plan, batch: batch, predictor, shouldStop)
      try takeCropped(RowBand(whole: clean, height: plan.paddedHeight))
    }
  }

  /// Of so many tiles, or images of one tile each, those that go through the network together.
  static func tilesAtOnce(_ count: Int, _ plan: TilePlan) -> Int {
    max(1, min(count, mostTiles, mostPixels / (plan.tileWidth * plan.tileHeight)))
  }

  /// The same where the memory allows it, or fewer.
  @discardableResult
  func fitting(_ most: Int, _ plan: TilePlan) throws(DenoiserMemory) -> Int {
    let memoryLimit = min(memoryLimit ?? .max, Machine.memoryBytes)
    let network = model.configuration.network
    var batch = Self.tilesAtOnce(most, plan)
    while true {
      let graph = network.buildGraph(
        batch: batch, height: plan.tileHeight, width: plan.tileWidth, training: false)
      let needed =
        imageBytes(plan, batch: batch) + 4 * network.parameterCount
        + Program.plannedBytes(
          graph, purpose: .inference, precision: precision, on: Machine.backend)
      if needed <= memoryLimit { return batch }
      if batch == 1 { throw DenoiserMemory(needed: needed, limit: memoryLimit) }
      batch /= 2
    }
  }

  /// Bytes of an image with all that is made of it outside the network.
  private func imageBytes(_ plan: TilePlan, batch: Int) -> Int {
    let inputs = model.configuration.network.inputChannels
    // The picture's own samples, and the result's.
    let pictures = 2 * 2 * inputs * plan.width * plan.height
    if method == .sample {
      // The image, padded and scaled; a sampler has its state and its history.
      return pictures + 4 * 8 * inputs * plan.paddedWidth * plan.paddedHeight
    }
    let rows = min(max(1, batch / plan.lefts.count) * plan.tileHeight, plan.paddedHeight)
    return pictures + 4 * 5 * inputs * plan.paddedWidth * rows
  }

  func predictor(width: Int, height: Int) throws -> NoisePredictor {
    try checkClasses()
    let size = ImageSize(width: width, height: height)
    if let known = predictors[size] { return known }
    let predictor = try model.predictor(
      width: width, height: height, precision: precision, threads: threads)
    // Images of many sizes would fill the memory with programs.
    if predictors.count >= 4 { predictors = [:] }
    predictors[size] = predictor
    return predictor
  }
}
