public import Checkpoints
package import Diffusion
internal import Random

/// Samples images from a model.
///
/// Each image is a pure function of the model, the settings and its index.
/// Image i starts from the normal numbers of the stream (seed, initial noise, i), and what a sampler
/// adds at timestep t comes from the stream (seed, sampler noise, i, t), site n the n-th time that it
/// comes to t: neither depends on what else is in the batch.
public final class Generator {
  /// The model that images are sampled from.
  public let model: DiffusionModel
  /// The settings of sampling.
  public let settings: GenerationSettings
  private let table: SamplingTable
  private let predictor: NoisePredictor
  private let guidance: Guidance?
  /// A weaker model that images are led away from; nil for none.
  public let guide: DiffusionModel?
  let threads: Int?

  /// A generator for a model.
  ///
  /// - Parameters:
  ///   - guide: a weaker model that images are led away from by the settings' `guidance` (Karras et al. 2024); nil for
  ///     none.
  ///   - threads: CPU threads; nil for all.
  public init(
    _ model: DiffusionModel, _ settings: GenerationSettings, guide: DiffusionModel? = nil,
    threads: Int? = nil
  ) throws {
    self.model = model
    self.guide = guide
    self.threads = threads
    var settings = settings
    settings.variance = settings.variance ?? model.configuration.variance
    settings.usesClippedModelOutput =
      settings.usesClippedModelOutput ?? model.configuration.usesClippedModelOutput
    // What is usual for Stipple's own networks needs no word in provenance.
    if model.configuration.usesClippedModelOutput != false,
      settings.usesClippedModelOutput == true
    {
      settings.usesClippedModelOutput = nil
    }
    settings.className = settings.classIndex.flatMap(model.configuration.className)
    self.settings = settings
    try GenerationError.checkDraws(model.configuration)
    try settings.checkClass(of: model.configuration, isGuided: guide != nil)
    if let guide { try model.check(guide: guide, hasClass: settings.hasClass) }
    try settings.validate()
    table = try settings.table(model.schedule)
    try SettingError.check(.threads, threads)
    let predictor = try model.predictor(precision: settings.precision.sampling, threads: threads)
    self.predictor = predictor
    var weaker: Guidance.Weaker?
    if let guide {
      weaker = .other(
        try guide.predictor(precision: settings.precision.sampling, threads: threads))
    } else if settings.hasClass, let noClass = model.configuration.noClass {
      weaker = .withoutClass(noClass)
    }
    guidance =
      settings.guidance == 1
      ? nil
      : weaker.map { Guidance(scale: settings.guidance, weaker: $0, predictor: predictor) }
  }

  /// What tells images by this generator from others.
  package var facts: [(String, String)] {
    model.facts + settings.facts + (guide.map { [("guide", $0.fingerprint)] } ?? [])
  }

  /// Evaluations of the network for an image.
  public var evaluations: Int { timesteps.count }

  /// The timesteps at which the network is asked, in this order.
  package var timesteps: [Double] { table.timesteps }

  /// Elements of one image: C H W.
  public var elementsPerImage: Int {
    model.configuration.channels * predictor.width * predictor.height
  }

  /// Each image of values one after another.
  package func split(_ values: [Float]) -> [[Float]] {
    let size = elementsPerImage
    return (0..<(values.count / size)).map { Array(values[($0 * size)..<(($0 + 1) * size)]) }
  }

  /// Images by their indices, one after another as (C, H, W) in about [-1, 1].
  ///
  /// - Parameter indices: from 0 to 2^32 - 1 each.
  /// - Throws: `MemoryShortage`, or `GenerationError.notFinite` of a model whose training has diverged.
  public func images(_ indices: [Int]) throws -> [Float] {
    if indices.isEmpty { return [] }
    return try images(indices, from: initialNoise(indices)) { _ in }
  }

  /// Images that start from `start`, image after image, with every step shown to `observe`.
  ///
  /// - Parameters:
  ///   - known: what is given of the images; nil where all is drawn.
  ///   - noise: what the sampler adds; nil for the images' own.
  package func images(
    _ indices: [Int], from start: [Float], keeping known: KnownPart? = nil,
    noise: NoiseSource? = nil, observe: (SamplerSnapshot) throws -> Void
  ) throws -> [Float] {
    precondition(start.count == indices.count * elementsPerImage, "the start has another size")
    let classes = settings.classes(of: indices, model.configuration)
    return try sample(
      table, from: start, objective: model.configuration.objective,
      threshold: settings.threshold, imageSize: elementsPerImage, known: known,
      network: { x, t in try output(x, at: t, classes: classes) },
      noise: noise ?? { [self] key, out in fill(&out, indices, .samplerNoise, key) },
      observe: observe)
  }

  /// Images drawn from the images `x0`: each starts as its image with the noise of the first timestep
  /// (SDEdit, Meng et al. 2022, algorithm 1), or where all steps are gone, from noise alone.
  ///
  /// - Parameters:
  ///   - indices: what the noise follows from.
  ///   - x0: one after another as (C, H, W).
  ///   - isKnown: whether an element of `x0` stays as it is; nil where all are drawn anew.
  ///   - observe: is shown every step.
  package func images(
    _ indices: [Int], after x0: [Float], keeping isKnown: [Bool]? = nil,
    observe: (SamplerSnapshot) throws -> Void = { _ in }
  ) throws -> [Float] {
    var start = initialNoise(indices)
    if settings.strength < 1, let t = timesteps.first {
      start = ForwardProcess(model.schedule).noised(x0, at: t, epsilon: start)
    }
    return try images(
      indices, from: start, keeping: isKnown.map { KnownPart(x0: x0, isKnown: $0) },
      observe: observe)
  }

  /// What the network answers for images at one timestep, guided where that is asked for.
  package func output(_ x: [Float], at t: Double, classes: [Int]?) throws -> [Float] {
    let count = x.count / elementsPerImage
    if let guidance, settings.guidanceInterval?.contains(model.schedule.noiseLevel(at: t)) ?? true {
      return try GenerationError.finite(
        guidance.output(x, timestep: t, count: count, classes: classes))
    }
    return try GenerationError.finite(
      predictor.output(x, timesteps: [Double](repeating: t, count: count), classes: classes))
  }

  /// The standard normal noise x_T that images start from, one after another as (C, H, W).
  ///
  /// - Parameter indices: from 0 to 2^32 - 1 each.
  public func initialNoise(_ indices: [Int]) -> [Float] {
    var noise = [Float](repeating: 0, count: indices.count * elementsPerImage)
    fill(&noise, indices, .initialNoise, NoiseKey(timestep: 0))
    return noise
  }

  /// Standard normal numbers of the images for one purpose.
  func fill(
    _ values: inout [Float], _ indices: [Int], _ purpose: RandomStream.Purpose, _ key: NoiseKey
  ) {
    let count = elementsPerImage
    values.withUnsafeMutableBufferPointer { values in
      for (position, index) in indices.enumerated() {
        let stream = RandomStream(
          seed: settings.seed, purpose: purpose, index: index, step: key.timestep,
          site: key.repetition)
        stream.fillNormal(.init(rebasing: values[(position * count)..<((position + 1) * count)]))
      }
    }
  }
}
