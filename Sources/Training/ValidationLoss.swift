internal import Checkpoints
internal import Compiler
internal import Diffusion
internal import Distributed
internal import Graph
internal import Images
internal import Networks
internal import PNGCodec
internal import Random
internal import Restoration
internal import Sampling

/// The loss on images kept from training, always with the same noise, so that two values differ by
/// the network alone.
///
/// The timesteps are spread evenly: image i of n is measured at the quantile (i + 1/2) / n of those
/// that training draws, of all timesteps where it draws by importance, and its squared error counts for
/// what it does there. Learned variances have no part in it. Of a distillation it is the loss of the last stage's pairs
/// of levels.
final class ValidationLoss {
  private let predictor: NoisePredictor
  private let configuration: ModelConfiguration
  private let schedule: NoiseSchedule
  private let weight: LossWeight
  private let sampling: TimestepSampling
  /// What compares two levels of each image; nil where the network learns to denoise.
  private let tuning: ConsistencyTuning?
  /// What makes examples of a restoration network; nil for diffusion.
  private let degrader: Degrader?
  /// This rank's, (N, C, H, W) each, with the number of the first image.
  private let batches: [(first: Int, images: [Float])]
  /// (N): the class labels, for a class-conditional network.
  private let classes: [Int]?
  private let count: Int
  /// Of the network's evaluations.
  private let imagesAtOnce: Int
  private let seed: UInt64
  private let ranks: any Communicator

  /// Reads the images once; nil where there are none that can be read.
  ///
  /// - Parameters:
  ///   - parameters: the weights that are measured, read anew each time.
  ///   - isStrict: whether an image that cannot be read is an error.
  ///   - journal: reports images that are left out.
  init?(
    _ plan: TrainingPlan, _ schedule: NoiseSchedule, parameters: ParameterStore, isStrict: Bool,
    _ journal: RunJournal
  ) throws {
    let files = plan.validation
    if files.isEmpty { return nil }
    configuration = plan.configuration
    let size = configuration.images
    let chosen = evenlySpread(Self.most(configuration), of: files.count).map { files[$0] }
    let dataset = plan.dataset(chosen)
    ranks = plan.processes.communicator
    var leftOut = LeftOutImages(among: ranks, journal)
    var images: [Int: [Float]] = [:]
    var readable: [Int]
    // Each rank reads its own batches' images; those change where one is left out.
    repeat {
      readable = chosen.indices.filter { !leftOut.all.contains($0) }
      var unreadable: [Int: PNGError] = [:]
      for place in readable.indices {
        let (batch, index) = (place / min(plan.settings.batch, readable.count), readable[place])
        guard batch % ranks.size == ranks.rank, images[index] == nil else { continue }
        do throws(PNGError) {
          images[index] = Pixels.values(
            of: try dataset.image(at: index), width: size.width, height: size.height)
        } catch {
          if isStrict { throw error }
          unreadable[index] = error
        }
      }
      if try leftOut.add(unreadable).isEmpty { break }
    } while true
    if readable.isEmpty { return nil }
    classes = plan.classes.map { classes in readable.map { classes.number(of: chosen[$0]) } }
    self.schedule = schedule
    weight = plan.settings.lossWeight
    sampling = plan.settings.sampling
    tuning = plan.settings.distillation.map { ConsistencyTuning(stageSteps: $0.stage) }
    degrader = try Degrader(plan.configuration)
    let batch = min(plan.settings.batch, readable.count)
    count = readable.count
    imagesAtOnce = min(batch, plan.memory.imagesAtOnce)
    seed = plan.settings.seed
    batches = stride(from: batch * ranks.rank, to: count, by: batch * ranks.size).map { first in
      let own = readable[first..<min(first + batch, readable.count)]
      return (first, own.flatMap { images[$0] ?? [] })
    }
    predictor = try NoisePredictor(
      configuration.network, parameters: parameters, schedule: degrader == nil ? schedule : nil,
      width: size.width, height: size.height, precision: plan.settings.precision.training,
      threads: plan.settings.threads)
  }

  /// How many images are measured at most: as many as take a few seconds, since a run that is asked
  /// to stop measures before it does.
  private static func most(_ configuration: ModelConfiguration) -> Int {
    let operations = configuration.network.floatingPointOperations(
      width: configuration.images.width, height: configuration.images.height)
    return min(max(Int(1e12) / max(operations, 1), 16), 512)
  }

  /// The mean over all images.
  package func callAsFunction() throws -> Double {
    var total = 0.0
    for (first, images) in batches { total += try sum(images, first: first) }
    return ranks.sums([total])[0] / Double(count)
  }

  /// Gives the network's memory to others, until the next time.
  func rest() { predictor.release() }

  /// The sum over a batch (N, C, H, W), whose first image is number `first`.
  private func sum(_ images: [Float], first: Int) throws -> Double {
    let size = configuration.channels * configuration.images.width * configuration.images.height
    var xt: [Float] = []
    var target: [Float] = []
    var epsilon: [Float] = []
    var timesteps: [Double] = []
    var weights: [Float] = []
    for i in 0..<(images.count / size) {
      if let degrader {
        let example = try degrader.example(of: Array(images[(i * size)..<((i + 1) * size)])) {
          [seed] in
          RandomStream(seed: seed, purpose: .validation, index: first + i, step: 0, site: $0)
        }
        xt += example.input
        target += example.target
        timesteps.append(0)
        weights.append(example.weight)
        continue
      }
      let t = sampling.timestep(
        atQuantile: (Double(first + i) + 0.5) / Double(count), of: schedule)
      let noise = RandomStream(seed: seed, purpose: .validation, index: first + i, step: 0)
        .normals(size)
      let image = images.span.extracting((i * size)..<((i + 1) * size))
      let goal = configuration.objective.target(alphaBar: schedule.alphaBar(at: t))
      xt += ForwardProcess(schedule).mixture(at: t).mixed(image, noise.span)
      target += goal.mixed(image, noise.span)
      epsilon += noise
      timesteps.append(t)
      weights.append(Float(weight(at: t, of: schedule, configuration.objective)))
    }
    // An image's output does not depend on the others.
    func answer(_ x: [Float], _ timesteps: [Double]) throws -> [Float] {
      let size = x.count / timesteps.count
      return try stride(from: 0, to: timesteps.count, by: imagesAtOnce).flatMap { start in
        let own = start..<min(start + imagesAtOnce, timesteps.count)
        return try predictor.output(
          Array(x[(own.lowerBound * size)..<(own.upperBound * size)]),
          timesteps: Array(timesteps[own]),
          classes: classes.map { Array($0[(first + own.lowerBound)..<(first + own.upperBound)]) })
      }
    }
    let output = try answer(xt, timesteps)
    if let tuning {
      let pairs = ConsistencyBatch(
        schedule, configuration.objective, xt: xt, x0: images, epsilon: epsilon,
        timesteps: timesteps, level: tuning.lastLevel)
      let lower = pairs.hasLower ? try answer(pairs.lower, pairs.lowerTimesteps) : nil
      return pairs.aim(output: output, lowerOutput: lower).losses.reduce(0, +)
    }
    // Of a network that learned the variance, each image's prediction comes before its variance's numbers.
    let outputSize = output.count / timesteps.count
    var sum = 0.0
    for i in target.indices {
      let error = output[i / size * outputSize + i % size] - target[i]
      sum += Double(weights[i / size] * error * error)
    }
    return sum / Double(size)
  }
}
