internal import Checkpoints
internal import Diffusion
internal import Networks
internal import Random
internal import Restoration

/// A batch of images made into examples: timesteps and noise are drawn, and x_t and the network's target
/// mixed from them. Or examples that were made before.
///
/// What is random for example i of step s comes from the streams (seed, purpose, i, s) and, of a
/// learned distribution of timesteps, from the losses until there.
package struct TrainingExamples {
  private let configuration: ModelConfiguration
  private let settings: TrainingSettings
  private let schedule: NoiseSchedule
  private let share: BatchShare
  /// What makes examples of a restoration network; nil for diffusion.
  private let degrader: Degrader?
  /// Of all timesteps, from their losses; nil where timesteps are not drawn by them.
  private var probabilities: [Double]?
  /// The sums of the probabilities up to each timestep.
  private var cumulative: [Double] = []

  /// (N, C, H, W) each: what the network sees, of a restoration network with more channels, what it should give, and
  /// what both are mixed from.
  private(set) var xt: [Float]
  private(set) var target: [Float]
  private(set) var epsilon: [Float]
  private(set) var x0: [Float]
  /// (N): the class labels that the network receives; nil without classes.
  package private(set) var classes: [Float]?
  /// (N, labels): how the images were changed, where the network is told that.
  package private(set) var augmentation: [Float]?
  /// (N): the images' names, where they are known.
  private var sources: [String] = []
  /// (N) each: timesteps, what the examples' errors count for, and 1 / (T p_t) in that, which is 1 for
  /// timesteps that are drawn alike.
  private(set) var timesteps: [Double]
  private(set) var weights: [Float]
  private(set) var importance: [Double]
  private var isImportanceKept = false
  /// (N, 6): of `hybridLoss`, where the variance is learned.
  private(set) var coefficients: [Float]

  init(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings, _ schedule: NoiseSchedule,
    _ share: BatchShare
  ) throws {
    self.share = share
    self.configuration = configuration
    self.settings = settings
    self.schedule = schedule
    let batch = share.own.count
    let (size, channels) = (configuration.images, configuration.channels)
    degrader = try Degrader(configuration)
    x0 = [Float](repeating: 0, count: batch * channels * size.width * size.height)
    (target, epsilon) = (x0, x0)
    xt = [Float](repeating: 0, count: x0.count / channels * configuration.network.inputChannels)
    timesteps = [Double](repeating: 0, count: batch)
    weights = [Float](repeating: 0, count: batch)
    importance = timesteps
    coefficients = [Float](repeating: 0, count: 6 * batch)
  }

  /// Takes how often timesteps are drawn from their losses.
  mutating func weigh(by moments: LossSecondMoments) {
    let probabilities = moments.probabilities
    var sum = 0.0
    cumulative = probabilities.map { probability in
      sum += probability
      return sum
    }
    self.probabilities = probabilities
  }

  /// Makes batch `part` of a step, and gives where each example's timestep lies among those that are
  /// drawn, from 0 to less than 1.
  mutating func take(_ batch: TrainingBatch, step: Int, part: Int) throws -> [Double] {
    switch batch {
    case .images(let images, let classes, let augmentation, let sources):
      x0 = images
      self.sources = sources
      self.augmentation = augmentation
      self.classes = classes.map { kept($0, step: step, part: part) }
      if let degrader { return try degrade(by: degrader, step: step, part: part) }
      return draw(step: step, part: part)
    case .noised(let examples):
      return take(examples)
    }
  }

  /// Draws timesteps and noise for the images, and mixes them.
  private mutating func draw(step: Int, part: Int) -> [Double] {
    precondition(x0.count == target.count, "a batch of another size")
    isImportanceKept = probabilities != nil
    let size = x0.count / share.own.count
    var quantiles: [Double] = []
    for example in 0..<share.own.count {
      let index = index(of: example, part: part)
      let (t, quantile) = timestep(index: index, step: step)
      quantiles.append(quantile)
      weigh(
        example, at: t,
        share: probabilities.map { 1 / (Double(schedule.timesteps) * $0[Int(t)]) } ?? 1)

      let (noise, perturbation) = noise(index: index, step: step, size: size)
      let image = (example * size)..<((example + 1) * size)
      epsilon.replaceSubrange(image, with: noise)
      let mixture = ForwardProcess(schedule).mixture(at: t)
      xt.replaceSubrange(image, with: mixture.mixed(x0.span.extracting(image), noise.span))
      // Input perturbation (Ning et al. 2023, algorithm 1): eps + gamma xi goes in, eps is asked for.
      let gamma = Float(mixture.epsilon) * Float(settings.inputPerturbation)
      for i in perturbation.indices { xt[example * size + i] += gamma * perturbation[i] }
    }
    aim()
    return quantiles
  }

  /// Makes the images worse. Timesteps there are none.
  private mutating func degrade(by degrader: Degrader, step: Int, part: Int) throws -> [Double] {
    precondition(x0.count == target.count, "a batch of another size")
    let (size, inputSize) = (x0.count / share.own.count, xt.count / share.own.count)
    for example in 0..<share.own.count {
      let image = (example * size)..<((example + 1) * size)
      let made = try degrader.example(of: Array(x0[image])) { site in
        stream(.degradation, index: index(of: example, part: part), step: step, site: site)
      }
      xt.replaceSubrange((example * inputSize)..<((example + 1) * inputSize), with: made.input)
      target.replaceSubrange(image, with: made.target)
      weights[example] = made.weight
    }
    return timesteps
  }

  /// Takes examples as they are.
  private mutating func take(_ examples: NoisedExamples) -> [Double] {
    precondition(examples.xt.count == xt.count, "a batch of another size")
    (xt, epsilon, x0) = (examples.xt, examples.epsilon, examples.x0)
    sources = examples.sources
    augmentation = examples.augmentation
    isImportanceKept = !examples.importance.isEmpty
    classes = configuration.network.isClassConditional ? examples.classes?.map(Float.init) : nil
    for (example, t) in examples.timesteps.enumerated() {
      weigh(example, at: t, share: isImportanceKept ? examples.importance[example] : 1)
    }
    aim()
    return timesteps.map(quantile)
  }

  /// What the network should give for each example.
  private mutating func aim() {
    let size = xt.count / share.own.count
    for (example, t) in timesteps.enumerated() {
      let goal = configuration.objective.target(alphaBar: schedule.alphaBar(at: t))
      let image = (example * size)..<((example + 1) * size)
      target.replaceSubrange(
        image, with: goal.mixed(x0.span.extracting(image), epsilon.span.extracting(image)))
    }
  }

  /// Sets an example's timestep and what its error counts for, of which `share` makes up for how often
  /// the timestep is drawn.
  private mutating func weigh(_ example: Int, at t: Double, share: Double) {
    timesteps[example] = t
    importance[example] = share
    weights[example] = Float(
      share * settings.lossWeight(at: t, of: schedule, configuration.objective))
    if settings.variance == .learned { weighVariance(example, at: Int(t), share) }
  }

  /// The batch at lower levels too, as a step of a consistency tuning compares them.
  func pairs(_ tuning: ConsistencyTuning, step: Int) -> ConsistencyBatch {
    ConsistencyBatch(
      schedule, configuration.objective, xt: xt, x0: x0, epsilon: epsilon, timesteps: timesteps,
      level: { tuning.level(below: $0, step: step) })
  }

  /// What the network is given of images at timesteps, and the numbers that tell their levels.
  func input(_ x: [Float], at timesteps: [Double]) -> (x: [Float], t: [Float]) {
    schedule.networkInput(x, at: timesteps)
  }

  /// What the network is given: the images, and the numbers that tell their levels.
  var networkInput: (x: [Float], t: [Float]) {
    degrader == nil
      ? schedule.networkInput(xt, at: timesteps) : (xt, timesteps.map { Float($0) })
  }

  /// The batch as it can be kept and taken again.
  var seen: NoisedExamples {
    var examples = NoisedExamples(xt: xt, epsilon: epsilon, x0: x0, timesteps: timesteps)
    examples.lossWeights = weights
    if isImportanceKept { examples.importance = importance }
    examples.classes = classes?.map { Int($0) }
    examples.augmentation = augmentation
    examples.sources = sources
    return examples
  }

  /// The classes (N) of batch `part` of a step as the network is told them: now and then it is none (Ho
  /// & Salimans 2022, algorithm 1).
  private func kept(_ classes: [Int], step: Int, part: Int) -> [Float] {
    guard let noClass = configuration.noClass else { return classes.map(Float.init) }
    return classes.enumerated().map { example, number in
      let draw = stream(
        .classDropout, index: index(of: example, part: part), step: step
      ).uniform()
      let isDropped = Double(draw) < settings.classDropout
      return Float(isDropped ? noClass : number)
    }
  }

  /// The number of an example among all of its step, whoever has them.
  private func index(of example: Int, part: Int) -> Int {
    part * share.batch + share.own.lowerBound + example
  }

  /// Where a timestep that was drawn elsewhere lies, as near as it can be told.
  private func quantile(of t: Double) -> Double {
    var quantile = t / Double(schedule.timesteps)
    if let levels = settings.noiseRange?.levels {
      quantile =
        (schedule.noiseLevel(at: t) - levels.lowerBound) / (levels.upperBound - levels.lowerBound)
    }
    return min(max(quantile, 0), 1.0.nextDown)
  }

  private func stream(
    _ purpose: RandomStream.Purpose, index: Int, step: Int, site: Int = 0
  ) -> RandomStream {
    RandomStream(seed: settings.seed, purpose: purpose, index: index, step: step, site: site)
  }

  private func timestep(index: Int, step: Int) -> (t: Double, quantile: Double) {
    let number = stream(.trainingTimestep, index: index, step: step).integer(below: 1 << 53)
    let quantile = Double(number) * 0x1p-53
    guard probabilities != nil else {
      return (settings.sampling.timestep(atQuantile: quantile, of: schedule), quantile)
    }
    let t = min(cumulative.partitioningIndex { $0 > quantile }, schedule.timesteps - 1)
    return (Double(t), Double(t) / Double(schedule.timesteps))
  }

  /// eps, and xi of the input perturbation where there is one.
  ///
  /// With offset noise eps has in each channel a number more, the same for all pixels (Guttenberg 2023,
  /// "Diffusion with offset noise"): what the network cannot average away tells it of brightness.
  private func noise(index: Int, step: Int, size: Int) -> (eps: [Float], xi: [Float]) {
    var eps = stream(.trainingNoise, index: index, step: step).normals(size)
    if settings.offsetNoise > 0 {
      let channels = configuration.channels
      let offsets = stream(.trainingNoise, index: index, step: step, site: 2).normals(channels)
      let pixels = size / channels
      for i in eps.indices { eps[i] += Float(settings.offsetNoise) * offsets[i / pixels] }
    }
    if settings.inputPerturbation == 0 { return (eps, []) }
    return (eps, stream(.trainingNoise, index: index, step: step, site: 1).normals(size))
  }

  /// The bound counts 0.001 times its sum over the timesteps, in bits per dimension, beside the squared
  /// error (Nichol & Dhariwal 2021, eq. 16, and improved-diffusion).
  private mutating func weighVariance(_ example: Int, at t: Int, _ share: Double) {
    let bits = 0.001 * Double(schedule.timesteps) / Self.logOfTwo
    let values =
      [Double(weights[example]), share * bits]
      + schedule.boundCoefficients(t, configuration.objective)
    for (i, value) in values.enumerated() { coefficients[6 * example + i] = Float(value) }
  }

  private static let logOfTwo = 0.693_147_180_559_945_3
}

extension [Double] {
  /// The first index whose element fulfils what all after it do.
  fileprivate func partitioningIndex(_ belongs: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
