internal import Compute
internal import Diffusion
internal import Images
internal import Networks
internal import Random

/// The loss on images kept from training, always with the same noise, so that two values differ by
/// the network alone.
///
/// The timesteps are spread evenly: image i of n is measured at (i + 1/2) T / n.
final class ValidationLoss {
  /// Images that are measured at most.
  private static let most = 512

  private let predictor: NoisePredictor
  private let configuration: ModelConfiguration
  private let process: ForwardProcess
  private let batches: [[Float]]
  private let batch: Int
  private let count: Int
  private let seed: UInt64

  /// Reads the images once; nil where none can be read.
  ///
  /// - Parameter parameters: the weights that are measured, read anew each time.
  init?(
    _ files: [ImageFile], _ dataset: (([ImageFile]) -> Dataset),
    _ configuration: ModelConfiguration,
    _ schedule: NoiseSchedule, parameters: ParameterStore, settings: TrainingSettings
  ) throws {
    if files.isEmpty { return nil }
    let wanted = min(files.count, Self.most)
    let chosen = (0..<wanted).map { files[$0 * files.count / wanted] }
    let data = dataset(chosen)
    let size = configuration.images
    var images: [[Float]] = []
    for index in chosen.indices {
      guard let image = try? data.image(at: index) else { continue }
      images.append(Pixels.values(of: image, width: size.width, height: size.height))
    }
    if images.isEmpty { return nil }
    self.configuration = configuration
    process = ForwardProcess(schedule)
    let batch = min(settings.batch, images.count)
    self.batch = batch
    count = images.count
    seed = settings.seed
    batches = stride(from: 0, to: images.count, by: batch).map { start in
      Array(images[start..<min(start + batch, images.count)].joined())
    }
    predictor = try NoisePredictor(
      configuration.network, parameters: parameters, width: size.width, height: size.height,
      threads: settings.threads)
  }

  /// The mean over all images.
  func callAsFunction() -> Double {
    var total = 0.0
    for (position, images) in batches.enumerated() {
      let size = configuration.channels * configuration.images.width * configuration.images.height
      let first = position * batch
      var xt: [Float] = []
      var target: [Float] = []
      var timesteps: [Double] = []
      for i in 0..<(images.count / size) {
        let t = (2 * (first + i) + 1) * process.schedule.timesteps / (2 * count)
        let noise = RandomStream(seed: seed, purpose: .validation, index: first + i, step: 0)
          .normals(size)
        let image = Array(images[(i * size)..<((i + 1) * size)])
        xt += process.noised(image, at: t, epsilon: noise)
        let goal = configuration.objective.target(alphaBar: process.schedule.alphaBar[t])
        for (x0, epsilon) in zip(image, noise) {
          target.append(Float(goal.x0) * x0 + Float(goal.epsilon) * epsilon)
        }
        timesteps.append(Double(t))
      }
      let output = predictor(xt, timesteps: timesteps)
      for (a, b) in zip(output, target) { total += Double((a - b) * (a - b)) / Double(size) }
    }
    return total / Double(count)
  }
}
