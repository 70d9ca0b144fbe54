internal import Compute
internal import Diffusion
internal import Networks
internal import Random

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
  private let threads: Int?
  /// The largest side of what the network sees at once.
  private let tile: Int?
  /// Bytes that an image may take with all that is computed for it; nil for any number.
  private let memoryLimit: Int?
  private var predictors: [ImageSize: NoisePredictor] = [:]
  /// Tiles that are computed at once, at most.
  private static let mostTiles = 16

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

  /// The clean image.
  ///
  /// - Parameters:
  ///   - image: (C, H, W) on the [-1, 1] scale, of the network's channels and any size.
  ///   - noiseLevel: the noise's standard deviation on that scale: grey levels / 127.5.
  ///   - index: tells the noise of one image's sample from another's.
  /// - Throws: `DenoiserMemory` where the image takes more memory than it may.
  package func denoise(
    _ image: [Float], width: Int, height: Int, noiseLevel: Double, index: UInt32
  ) throws -> [Float] {
    let channels = model.configuration.channels
    let plan = TilePlan(
      width: width, height: height, multiple: model.configuration.network.strideMultiple,
      tile: tile, overlap: (tile ?? 64) / 4)
    let batch = try tilesAtOnce(plan)
    let predictor = try predictor(width: plan.tileWidth, height: plan.tileHeight)
    let scale = Float(NoiseSchedule.signalScale(forNoiseLevel: noiseLevel))
    var start = plan.padded(image, channels: channels)
    for i in start.indices { start[i] *= scale }
    let t = model.schedule.timestep(forNoiseLevel: noiseLevel)
    let clean: [Float]
    switch method {
    case .mean:
      let (objective, alphaBar) = (model.configuration.objective, model.schedule.alphaBar(at: t))
      clean = plan.blended(start, channels: channels, batch: batch) { tiles, _ in
        objective.predictedX0(
          xt: tiles, output: predictor(tiles, timestep: t), alphaBar: alphaBar, within: -1...1)
      }
    case .sample:
      let network = { (x: [Float], t: Double) in
        plan.blended(x, channels: channels, batch: batch) { tiles, _ in
          predictor(tiles, timestep: t)
        }
      }
      let sampler = try ImplicitSampler(
        model.schedule, plan: TimestepPlan(from: t, steps: steps), eta: 1)
      clean = sample(
        sampler, from: start, objective: model.configuration.objective, network: network,
        noise: { [seed] key, out in
          RandomStream(
            seed: seed, purpose: .samplerNoise, index: Int(index), step: key.timestep,
            site: key.repetition
          ).fillNormal(&out)
        })
    }
    return plan.cropped(clean, channels: channels)
  }

  /// As many tiles as there are and the memory allows.
  private func tilesAtOnce(_ plan: TilePlan) throws(DenoiserMemory) -> Int {
    var batch = min(Self.mostTiles, plan.count)
    guard let memoryLimit else { return batch }
    // The image, padded and scaled, and what comes out; a sampler has its state and its history.
    let copies = method == .mean ? 4 : 8
    let network = model.configuration.network
    let images =
      4 * copies * model.configuration.channels * plan.paddedWidth * plan.paddedHeight
      + 4 * network.parameterCount
    while true {
      let graph = network.buildGraph(
        batch: batch, height: plan.tileHeight, width: plan.tileWidth, training: false)
      let needed =
        images + Program.plannedBytes(graph, purpose: .inference, precision: precision)
      if needed <= memoryLimit { return batch }
      if batch == 1 { throw DenoiserMemory(needed: needed, limit: memoryLimit) }
      batch /= 2
    }
  }

  private func predictor(width: Int, height: Int) throws -> NoisePredictor {
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
