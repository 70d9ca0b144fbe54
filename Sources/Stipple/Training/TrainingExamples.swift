internal import Diffusion
internal import Networks
internal import Random

/// A batch of images made into examples: timesteps and noise are drawn, and x_t and the network's target
/// mixed from them.
///
/// What is random for example i of step s comes from the streams (seed, purpose, i, s) and, of a
/// learned distribution of timesteps, from the losses until there.
struct TrainingExamples {
  private let configuration: ModelConfiguration
  private let settings: TrainingSettings
  private let schedule: NoiseSchedule
  /// Of all timesteps, from their losses; nil where timesteps are not drawn by them.
  private var probabilities: [Double]?
  /// The sums of the probabilities up to each timestep.
  private var cumulative: [Double] = []

  /// (N, C, H, W) each: what the network sees, and what it should give.
  private(set) var xt: [Float]
  private(set) var target: [Float]
  /// (N) each: timesteps, what the examples' errors count for, and 1 / (T p_t) in that.
  private(set) var timesteps: [Float]
  private(set) var weights: [Float]
  private(set) var importance: [Float]
  /// (N, 6): of `hybridLoss`, where the variance is learned.
  private(set) var coefficients: [Float]

  init(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings, _ schedule: NoiseSchedule
  ) {
    self.configuration = configuration
    self.settings = settings
    self.schedule = schedule
    let batch = settings.batch
    xt = [Float](
      repeating: 0,
      count: batch * configuration.channels * configuration.images.width
        * configuration.images.height)
    target = xt
    timesteps = [Float](repeating: 0, count: batch)
    weights = timesteps
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

  /// Draws batch `part` of a step, of images (N, C, H, W), and gives where each example's timestep lies
  /// among those that are drawn, from 0 to less than 1.
  mutating func draw(step: Int, part: Int, _ images: [Float]) -> [Double] {
    precondition(images.count == xt.count, "a batch of another size")
    let size = images.count / settings.batch
    var quantiles: [Double] = []
    for example in 0..<settings.batch {
      let index = part * settings.batch + example
      let (t, quantile) = timestep(index: index, step: step)
      quantiles.append(quantile)
      let share = probabilities.map { 1 / (Double(schedule.timesteps) * $0[Int(t)]) } ?? 1
      timesteps[example] = Float(t)
      importance[example] = Float(share)
      weights[example] = Float(
        share * settings.lossWeight(at: t, of: schedule, configuration.objective))
      if settings.variance == .learned { weighVariance(example, at: Int(t), share) }

      let (noise, perturbation) = noise(index: index, step: step, size: size)
      let alphaBar = schedule.alphaBar(at: t)
      let (x0Weight, noiseWeight) = (
        Float(alphaBar.squareRoot()), Float((1 - alphaBar).squareRoot())
      )
      let goal = configuration.objective.target(alphaBar: alphaBar)
      let (x0Goal, noiseGoal) = (Float(goal.x0), Float(goal.epsilon))
      for i in 0..<size {
        let x0 = images[example * size + i]
        xt[example * size + i] = x0Weight * x0 + noiseWeight * noise[i]
        target[example * size + i] = x0Goal * x0 + noiseGoal * noise[i]
      }
      // Input perturbation (Ning et al. 2023, algorithm 1): eps + gamma xi goes in, eps is asked for.
      let gamma = noiseWeight * Float(settings.inputPerturbation)
      for i in perturbation.indices { xt[example * size + i] += gamma * perturbation[i] }
    }
    return quantiles
  }

  /// The classes (N) of batch `part` of a step as the network is told them: now and then it is none (Ho
  /// & Salimans 2022, algorithm 1).
  func kept(_ classes: [Int], step: Int, part: Int) -> [Float] {
    classes.enumerated().map { example, number in
      let draw = stream(
        .classDropout, index: part * settings.batch + example, step: step
      ).uniform()
      let isDropped = Double(draw) < settings.classDropout
      return Float(isDropped ? configuration.noClass ?? number : number)
    }
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
