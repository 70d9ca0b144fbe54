internal import Compute
internal import Diffusion
internal import Networks
internal import Random

/// One step of training: noise the images, let the network guess, and change the weights
/// (Ho et al. 2020, algorithm 1).
///
/// What is random in step s for its example i comes from the streams (seed, purpose, i, s), so that
/// a run that goes on from a checkpoint draws what it would have drawn.
final class TrainingStep {
  /// What a step did.
  struct Result {
    /// Of each example, in order.
    var losses: [Float]
    /// Where each example's timestep lies among all that are drawn, from 0 to less than 1.
    var quantiles: [Double]
    /// Before clipping; where it is not finite, the step has changed nothing.
    var gradientNorm: Double
    var learningRate: Double

    var loss: Double { losses.reduce(0) { $0 + Double($1) } / Double(losses.count) }
    var isFinite: Bool { gradientNorm.isFinite && loss.isFinite }
  }

  let optimizer: AdamW
  let batch: Int
  let accumulate: Int
  private let configuration: ModelConfiguration
  private let settings: TrainingSettings
  private let rate: LearningRate
  private let schedule: NoiseSchedule
  let program: Program
  private let gradients: ParameterStore
  /// The sum over the batches of a step, where there are several.
  private let sum: ParameterStore?
  private var xt: [Float]
  private var target: [Float]
  /// (N) each: timesteps, and what the examples' errors count for.
  private var timesteps: [Float]
  private var weights: [Float]

  init(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings, _ schedule: NoiseSchedule,
    optimizer: AdamW
  ) {
    self.configuration = configuration
    self.settings = settings
    self.optimizer = optimizer
    batch = settings.batch
    accumulate = settings.accumulate
    self.schedule = schedule
    rate = LearningRate(
      peak: settings.learningRate, warmup: settings.warmup, course: settings.rate,
      total: settings.steps)
    var network = configuration.network
    network.dropout = Float(settings.dropout)
    let graph = network.buildGraph(
      batch: batch, height: configuration.images.height, width: configuration.images.width,
      training: true)
    program = Program(
      graph, parameters: optimizer.parameters, purpose: .training(),
      precision: settings.precision.training, threads: settings.threads)
    guard let gradients = program.gradients else {
      preconditionFailure("a program for training has gradients")
    }
    self.gradients = gradients
    sum = accumulate > 1 ? ParameterStore(graph.parameters) : nil
    let count =
      batch * network.inputChannels * configuration.images.width * configuration.images.height
    xt = [Float](repeating: 0, count: count)
    target = xt
    timesteps = [Float](repeating: 0, count: batch)
    weights = timesteps
  }

  /// Makes step `step`, counted from 0.
  ///
  /// - Parameter images: gives batch k of the step as (N, C, H, W).
  func callAsFunction(_ step: Int, images: (_ batch: Int) throws -> [Float]) rethrows -> Result {
    var result = Result(
      losses: [], quantiles: [], gradientNorm: 0, learningRate: rate(step))
    sum?.zero()
    for part in 0..<accumulate {
      result.quantiles += draw(step: step, part: part, try images(part))
      program.setInput("x", xt)
      program.setInput("t", timesteps)
      program.setInput("target", target)
      program.setInput("weight", weights)
      program.setDropout(seed: settings.seed, step: step, firstImage: part * batch)
      program.run()
      result.losses += program.output("loss")
      sum?.add(gradients, times: 1 / Float(accumulate))
    }
    guard result.loss.isFinite else {
      result.gradientNorm = .nan
      return result
    }
    result.gradientNorm = optimizer.update(
      gradients: sum ?? gradients, learningRate: Float(result.learningRate),
      clip: settings.clip > 0 ? Float(settings.clip) : nil,
      averageDecay: averageDecay(afterUpdates: optimizer.step))
    return result
  }

  /// min(decay, (1 + n) / (10 + n)): the average of a short run is not held back by its start.
  private func averageDecay(afterUpdates n: Int) -> Float {
    Float(min(settings.emaDecay, (1 + Double(n)) / (10 + Double(n))))
  }

  /// Draws timesteps and noise, and mixes x_t and the network's target from them; gives the quantiles
  /// of the timesteps.
  private func draw(step: Int, part: Int, _ images: [Float]) -> [Double] {
    precondition(images.count == xt.count, "a batch of another size")
    let size = images.count / batch
    var quantiles: [Double] = []
    var noise = [Float](repeating: 0, count: size)
    for example in 0..<batch {
      func stream(_ purpose: RandomStream.Purpose) -> RandomStream {
        RandomStream(
          seed: settings.seed, purpose: purpose, index: part * batch + example, step: step)
      }
      let quantile = Double(stream(.trainingTimestep).integer(below: 1 << 53)) * 0x1p-53
      quantiles.append(quantile)
      let t = configuration.timestepSampling.timestep(atQuantile: quantile, of: schedule)
      timesteps[example] = Float(t)
      stream(.trainingNoise).fillNormal(&noise)
      let alphaBar = schedule.alphaBar(at: t)
      weights[example] = Float(
        settings.lossWeight(alphaBar: alphaBar, configuration.objective))
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
    }
    return quantiles
  }
}
