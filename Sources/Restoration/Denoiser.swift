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
  let precision: Program.Precision
  let threads: Int?
  /// The largest side of what the network sees at once.
  let tile: Int
  /// Bytes that an image may take with all that is computed for it; nil for any number.
  private let memoryLimit: Int?
  private var predictors: [ImageSize: NoisePredictor] = [:]
  /// Tiles, or images that are not larger, that are computed at once, at most.
  static let mostTiles = 16
  /// How many images of one size are best given together. Where memory is short, one.
  var imagesAtOnce: Int { memoryLimit == nil && method == .mean ? Self.mostTiles : 1 }

  /// - Parameters:
  ///   - precision: what the network is evaluated in.
  ///   - tile: the largest side of a tile; nil takes the training images' size for a network with
  ///     attention, which has seen no other, and 256 for others.
  ///   - memoryLimit: bytes that an image may take with all that is computed for it.
  public init(
    _ model: DiffusionModel, method: Method, steps: Int = 50, seed: UInt64 = 0, tile: Int? = nil,
    precision: TrainingSettings.Precision = .auto, memoryLimit: Int? = nil, threads: Int? = nil
  ) {
    self.model = model
    self.method = method
    self.steps = steps
    self.seed = seed
    self.precision = method == .mean ? precision.denoising : precision.sampling
    self.memoryLimit = memoryLimit
    self.threads = threads
    let trained = model.configuration.images
    self.tile =
      tile ?? (model.configuration.network.hasAttention ? max(trained.width, trained.height) : 256)
  }

  /// An image (C, H, W) on the [-1, 1] scale, of the network's channels, with noise.
  package struct Input {
    let values: [Float]
    /// The noise's standard deviation on that scale: gray levels / 127.5; nil where it is not known, which only
    /// restoration networks can do without.
    let noiseLevel: Double?
    /// By how much its variance grows with each gray level, in gray levels.
    let gain: Double
    /// Tells the noise of one image's sample from another's.
    let index: UInt32

    package init(values: [Float], noiseLevel: Double?, gain: Double = 0, index: UInt32) {
      (self.values, self.noiseLevel, self.gain, self.index) = (values, noiseLevel, gain, index)
    }
  }

  /// The clean images of noisy ones that have one size. An image's result does not depend on the others.
  ///
  /// - Throws: `DenoiserMemory` where an image takes more memory than it may.
  package func denoise(_ inputs: [Input], width: Int, height: Int) throws -> [[Float]] {
    let plan = self.plan(width: width, height: height)
    guard inputs.count > 1, plan.count == 1, method == .mean else {
      return try inputs.map { try denoise($0, plan) }
    }
    // In powers of two, so that there are few programs.
    var results: [[Float]] = []
    let most = try imagesAtOnce(plan)
    while results.count < inputs.count {
      var count = most
      while count > inputs.count - results.count { count /= 2 }
      results += try means(Array(inputs[results.count..<(results.count + count)]), plan)
    }
    return results
  }

  func plan(width: Int, height: Int) -> TilePlan {
    TilePlan(
      width: width, height: height, multiple: model.configuration.network.strideMultiple,
      tile: tile, overlap: tile / 4)
  }

  /// The means of images that are one tile each.
  private func means(_ inputs: [Input], _ plan: TilePlan) throws -> [[Float]] {
    let channels = model.configuration.channels
    let predictor = try predictor(width: plan.tileWidth, height: plan.tileHeight)
    let clean = try means(
      inputs.flatMap { networkInput($0, plan) }, inputs.map(\.noiseLevel), predictor)
    let size = clean.count / inputs.count
    return inputs.indices.map { i in
      plan.cropped(Array(clean[(i * size)..<((i + 1) * size)]), channels: channels)
    }
  }

  private func denoise(_ input: Input, _ plan: TilePlan) throws -> [Float] {
    let configuration = model.configuration
    let batch = try tilesAtOnce(plan)
    let predictor = try predictor(width: plan.tileWidth, height: plan.tileHeight)
    let start = networkInput(input, plan)
    let clean: [Float]
    switch method {
    case .mean:
      clean = try plan.blended(
        start, channels: configuration.network.inputChannels,
        outputChannels: configuration.channels, batch: batch
      ) { tiles, count in
        try means(tiles, [Double?](repeating: input.noiseLevel, count: count), predictor)
      }
    case .sample: clean = try sample(start, input, plan, batch: batch, predictor)
    }
    return plan.cropped(clean, channels: configuration.channels)
  }

  /// As many tiles as there are and the memory allows.
  private func tilesAtOnce(_ plan: TilePlan) throws(DenoiserMemory) -> Int {
    try fitting(min(Self.mostTiles, plan.count), plan)
  }

  /// As many images of one tile each as the memory allows.
  private func imagesAtOnce(_ plan: TilePlan) throws(DenoiserMemory) -> Int {
    try fitting(Self.mostTiles, plan)
  }

  private func fitting(_ most: Int, _ plan: TilePlan) throws(DenoiserMemory) -> Int {
    var batch = most
    let memoryLimit = min(memoryLimit ?? .max, Machine.memoryBytes)
    // The image, padded and scaled, and what comes out; a sampler has its state and its history.
    // The picture's own samples count for one.
    let copies = method == .mean ? 5 : 9
    let network = model.configuration.network
    let images =
      4 * copies * network.inputChannels * plan.paddedWidth * plan.paddedHeight
      + 4 * network.parameterCount
    while true {
      let graph = network.buildGraph(
        batch: batch, height: plan.tileHeight, width: plan.tileWidth, training: false)
      let needed =
        images
        + Program.plannedBytes(
          graph, purpose: .inference, precision: precision, on: Machine.backend)
      if needed <= memoryLimit { return batch }
      if batch == 1 { throw DenoiserMemory(needed: needed, limit: memoryLimit) }
      batch /= 2
    }
  }

  private func predictor(width: Int, height: Int) throws -> NoisePredictor {
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
