internal import Checkpoints
package import Compiler
public import Files
internal import Networks

extension Generator {
  /// Seconds that some images take on this machine as it is now, and whether that was estimated from a
  /// small piece of the work rather than measured.
  ///
  /// - Parameter clocks: what the trial is timed by.
  public func estimatedSeconds(
    for count: Int, batch: Int, clocks: Clocks = .system
  ) throws -> (seconds: Double, isRough: Bool) {
    guard count > 0 else { return (0, false) }
    let size = model.configuration.images
    let batch = max(1, min(batch, count)) * evaluationsAtOnce
    let trial = try model.trial(
      towards: .init(batch: batch, width: size.width, height: size.height),
      precision: settings.precision.sampling, threads: threads, clocks: clocks)
    let once = trial.seconds(.init(batch: batch, width: size.width, height: size.height))
    let batches = Double(evaluations) * Double(count * evaluationsAtOnce) / Double(batch)
    return (once.seconds * batches * (1 + guideCost), once.isRough)
  }

  /// Makes sure that a batch has the memory that it needs.
  ///
  /// - Throws: `MemoryShortage`.
  package func checkMemory(_ work: String, batch: Int) throws(MemoryShortage) {
    let size = model.configuration.images
    // x_t, the prediction, a multistep sampler's two before, noise, and what becomes of them.
    var memory = model.memory(
      width: size.width, height: size.height, precision: settings.precision.sampling
    ).adding(perImage: 4 * 10 * Double(elementsPerImage))
    if evaluationsAtOnce > 1 {
      memory = memory.adding(perImage: memory.bytes(batch: 1) - memory.bytes(batch: 0))
    }
    if let guide {
      let own = guide.memory(
        width: size.width, height: size.height, precision: settings.precision.sampling)
      memory = memory.adding(fixed: own.fixed, perImage: own.perImage)
    }
    try MemoryShortage.check(
      "\(work) at \(size.width) x \(size.height) pixels", memory, batch: max(1, batch),
      otherwise: "use a machine with more memory")
  }

  /// With guidance an image is evaluated with its class and without.
  private var evaluationsAtOnce: Int {
    settings.guidance != 1 && guide == nil && model.configuration.noClass != nil ? 2 : 1
  }

  /// What an evaluation of the guide costs, as a part of one of the model.
  private var guideCost: Double {
    guard let guide, settings.guidance != 1 else { return 0 }
    func operations(_ model: DiffusionModel) -> Double {
      let size = model.configuration.images
      return Double(
        model.configuration.network.floatingPointOperations(width: size.width, height: size.height))
    }
    return operations(guide) / max(operations(model), 1)
  }
}

extension DiffusionModel {
  /// The memory of evaluations at a size, weights included.
  package func memory(width: Int, height: Int, precision: Program.Precision) -> NetworkMemory {
    NetworkMemory(
      configuration.network, width: width, height: height, training: false, precision: precision
    ).adding(fixed: 4 * Double(configuration.network.parameterCount))
  }

  /// How long evaluations take, timed by clocks.
  package func trial(
    towards goal: NetworkTrial.Piece, precision: Program.Precision, threads: Int?, clocks: Clocks
  ) throws -> NetworkTrial {
    try NetworkTrial(configuration.network, towards: goal, clocks: clocks) { piece in
      let predictor = try predictor(
        width: piece.width, height: piece.height, precision: precision, threads: threads)
      let x = [Float](
        repeating: 0,
        count: piece.batch * configuration.network.inputChannels * piece.width * piece.height)
      let timesteps = [Double](repeating: 0, count: piece.batch)
      return NetworkTrial.Work(program: try predictor.program(batch: piece.batch)) {
        _ = try predictor.output(x, timesteps: timesteps)
      }
    }
  }
}
