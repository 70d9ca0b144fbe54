package import Checkpoints
package import Compiler
package import Diffusion
package import Distributed
package import Files
internal import Graph
internal import Networks

/// One step of training: noise the images, let the network guess, and change the weights
/// (Ho et al. 2020, algorithm 1).
///
/// What is random in step s for its example i comes from the streams (seed, purpose, i, s), so that
/// a run that goes on from a checkpoint draws what it would have drawn.
package final class TrainingStep {
  /// What a step did.
  package struct Result {
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
  private let accumulate: Int
  private let ranks: any Communicator
  private let share: BatchShare
  private let settings: TrainingSettings
  private let rate: LearningRate
  package let program: Program
  private let gradients: ParameterStore
  /// The sum over the batches of a step, where there are several.
  private let sum: ParameterStore?
  /// What the processes exchange, where there are several.
  private let exchange: (means: GradientAverage, weights: WeightGather)?
  private let clocks: Clocks
  /// How long this process has waited for others altogether.
  private(set) var timeWaited = Duration.zero
  private var examples: TrainingExamples
  /// What compares two levels of each example; nil where the network learns to denoise.
  private let tuning: ConsistencyTuning?
  /// The losses that timesteps are drawn by; nil where they are not.
  private(set) var moments: LossSecondMoments?

  /// - Parameters:
  ///   - ranks: the processes that share each batch.
  ///   - clocks: what tells how long the others are waited for.
  ///   - moments: the losses until here, where timesteps are drawn by them.
  ///   - recomputation: what is computed again to save memory; nil for what costs next to nothing.
  package init(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings, _ schedule: NoiseSchedule,
    optimizer: AdamW, ranks: any Communicator = LocalCommunicator(), clocks: Clocks = .system,
    moments: LossSecondMoments? = nil, recomputing recomputation: Recomputation? = nil
  ) throws {
    self.settings = settings
    self.moments = moments
    self.optimizer = optimizer
    (self.ranks, self.clocks) = (ranks, clocks)
    share = BatchShare(batch: settings.batch, of: ranks)
    accumulate = settings.accumulate
    tuning = settings.distillation.map { ConsistencyTuning(stageSteps: $0.stage) }
    examples = try TrainingExamples(configuration, settings, schedule, share)
    rate = settings.learningRates
    var network = configuration.network
    network.dropout = Float(settings.dropout)
    let graph = network.buildGraph(
      batch: share.own.count, height: configuration.images.height,
      width: configuration.images.width,
      training: true)
    program = try Program(
      graph, parameters: optimizer.parameters,
      purpose: .training(recomputing: recomputation),
      precision: settings.precision.training, threads: settings.threads)
    guard let gradients = program.gradients else {
      preconditionFailure("a program for training has gradients")
    }
    self.gradients = gradients
    sum = accumulate > 1 ? try ParameterStore(graph.parameters, on: gradients.backend) : nil
    let share = 1 / Float(accumulate)
    let shards = ParameterShards(optimizer.parameters.layout, among: ranks)
    exchange =
      ranks.size == 1
      ? nil
      : (
        GradientAverage(
          gradients, addedTo: sum.map { ($0, share) }, of: program, over: shards,
          as: settings.gradientType == .float32 ? .float32 : .bfloat16),
        WeightGather(optimizer.parameters, for: program, over: shards)
      )
  }

  /// Makes step `step`, counted from 0.
  ///
  /// - Parameters:
  ///   - seconds: for which the run has trained, where that decides the learning rate.
  ///   - batch: gives batch k of the step.
  ///   - onTaken: is shown each batch as the network is given it.
  package func callAsFunction(
    _ step: Int, seconds: Double = 0, onTaken: (TrainingExamples) -> Void = { _ in },
    batch: (_ number: Int) throws -> TrainingBatch
  ) throws -> Result {
    var result = Result(
      losses: [], quantiles: [], gradientNorm: 0, learningRate: rate(step, seconds: seconds))
    sum?.zero()
    if let moments { examples.weigh(by: moments) }
    var drawn: [(t: Int, loss: Double)] = []
    for part in 0..<accumulate {
      result.quantiles += try examples.take(try batch(part), step: step, part: part)
      onTaken(examples)
      program.setDropout(
        seed: settings.seed, step: step,
        firstImage: part * share.batch + share.own.lowerBound)
      if let classes = examples.classes { program.setInput("classes", classes) }
      if let labels = examples.augmentation { program.setInput("augmentation", labels) }
      let isLast = part == accumulate - 1
      if let tuning {
        result.losses += tune(tuning, step: step, isLast: isLast)
        if !isLast || exchange == nil { sum?.add(gradients, times: 1 / Float(accumulate)) }
        continue
      }
      let seen = examples.networkInput
      program.setInput("x", seen.x)
      program.setInput("t", seen.t)
      program.setInput("target", examples.target)
      if settings.variance == .learned {
        program.setInput("image", examples.x0)
        program.setInput("coefficients", examples.coefficients)
      } else {
        program.setInput("weight", examples.weights)
      }
      compute(.whole, isLast: isLast)
      if !isLast || exchange == nil { sum?.add(gradients, times: 1 / Float(accumulate)) }
      let losses = program.output("loss")
      result.losses += losses
      for i in losses.indices where moments != nil {
        drawn.append(
          (Int(examples.timesteps[i]), Double(losses[i] / Float(examples.importance[i]))))
      }
    }
    if let exchange {
      timeWaited += clocks.measure {
        exchange.means.finish()
        exchange.weights.finish()
        result.gather(&drawn, parts: accumulate, from: ranks)
      }
    }
    guard result.loss.isFinite else {
      result.gradientNorm = .nan
      return result
    }
    result.gradientNorm = optimizer.update(
      gradients: sum ?? gradients, learningRate: Float(result.learningRate),
      clip: settings.clip > 0 ? Float(settings.clip) : nil,
      averageDecay: averageDecay(afterUpdates: optimizer.step),
      total: { ranks.gather([$0]).reduce(0, +) })
    guard result.isFinite else { return result }
    exchange?.weights.start()
    for (t, loss) in drawn { moments?.record(loss, at: t) }
    return result
  }

  /// Compares the network's images at two levels of each example, and has the gradients of that.
  ///
  /// The same program answers at both, with the same dropout: what it gives at the lower one is a target and no more.
  private func tune(_ tuning: ConsistencyTuning, step: Int, isLast: Bool) -> [Float] {
    func output(_ input: (x: [Float], t: [Float])) -> [Float] {
      program.setInput("x", input.x)
      program.setInput("t", input.t)
      compute(.forward, isLast: isLast)
      return program.output("y")
    }
    let pairs = examples.pairs(tuning, step: step)
    let lower =
      pairs.hasLower ? output(examples.input(pairs.lower, at: pairs.lowerTimesteps)) : nil
    let aim = pairs.aim(output: output(examples.networkInput), lowerOutput: lower)
    program.setInput("target", aim.targets)
    program.setInput("weight", aim.weights)
    compute(.rest, isLast: isLast)
    return aim.losses.map(Float.init)
  }

  /// Runs a part of the program. With several processes weights come in before it and gradients go out after it.
  private func compute(_ part: Program.Part, isLast: Bool) {
    guard let exchange else { return program.run(part) { _ in } }
    program.run(part, beforeEach: waitForWeights) { instruction in
      if isLast, part != .forward { exchange.means.take(after: instruction) }
      ranks.progress()
    }
  }

  private func waitForWeights(before instruction: Int) {
    timeWaited += clocks.measure { exchange?.weights.wait(before: instruction) }
  }

  /// Has all weights be those of the last step on this process.
  package func finish() { exchange?.weights.finish() }

  /// min(decay, (1 + n) / (10 + n)): the average of a short run is not held back by its start.
  private func averageDecay(afterUpdates n: Int) -> Float {
    Float(min(settings.emaDecay, (1 + Double(n)) / (10 + Double(n))))
  }
}
