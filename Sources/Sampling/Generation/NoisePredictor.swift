internal import Checkpoints
package import Compiler
package import Diffusion
internal import Graph
package import Networks

/// A network that answers for batches of any number of images of one size.
///
/// A program is compiled for each number of images asked for and kept. It belongs to one thread at a
/// time. Images are given as x_t, whatever the path of the schedule (`NetworkView`).
package final class NoisePredictor {
  package let network: UNetConfiguration
  package let width: Int
  package let height: Int
  private let parameters: ParameterStore
  private let schedule: NoiseSchedule?
  private let usualClass: Int?
  private let precision: Program.Precision
  private let threads: Int?
  private var programs: [Int: Program] = [:]
  /// Images of the last answer.
  private var lastBatch = 0

  /// - Parameters:
  ///   - parameters: of the network's declarations; read at each call.
  ///   - schedule: which the network was trained with; nil for one that sees images as they are.
  ///   - width, height: multiples of the network's strides.
  ///   - usualClass: what a network that is told a class is told where none is given; nil where one has to
  ///     be given.
  ///   - precision: one that `Program` supports.
  ///   - threads: how many to compute on; nil for all.
  package init(
    _ network: UNetConfiguration, parameters: ParameterStore, schedule: NoiseSchedule? = nil,
    width: Int, height: Int, usualClass: Int? = nil, precision: Program.Precision = .float32,
    threads: Int? = nil
  ) throws(NetworkError) {
    try network.checkSize(width: width, height: height)
    self.network = network
    self.parameters = parameters
    self.schedule = schedule
    self.width = width
    self.height = height
    self.usualClass = usualClass
    self.precision = precision
    self.threads = threads
  }

  /// What the network predicts for images (N, C, H, W), all at one timestep: (N, C, H, W).
  package func callAsFunction(_ x: [Float], timestep: Double, classes: [Int]? = nil) throws
    -> [Float]
  {
    let batch = x.count / (network.inputChannels * width * height)
    return try self(x, timesteps: [Double](repeating: timestep, count: batch), classes: classes)
  }

  /// What the network predicts for images (N, C, H, W), each at its own timestep: (N, C, H, W).
  ///
  /// - Parameters:
  ///   - timesteps: may lie between two whole ones.
  ///   - classes: a class label for each image, for a class-conditional network.
  package func callAsFunction(_ x: [Float], timesteps: [Double], classes: [Int]? = nil) throws
    -> [Float]
  {
    let output = try output(x, timesteps: timesteps, classes: classes)
    return halves(output, of: x.count, imageSize: x.count / timesteps.count).prediction
  }

  /// All of the network's output, (N, O, H, W): of one that learned the variance, of each image the
  /// prediction and then the variance's numbers.
  package func output(_ x: [Float], timesteps: [Double], classes: [Int]? = nil) throws -> [Float] {
    let batch = timesteps.count
    precondition(
      x.count == batch * network.inputChannels * width * height, "a batch of another size")
    let program = try program(batch: batch)
    // Those for other batches keep no memory, so that there is only what `NetworkMemory` counts.
    if batch != lastBatch { release() }
    lastBatch = batch
    let seen = schedule.map { $0.networkInput(x, at: timesteps) } ?? (x, timesteps.map(Float.init))
    program.setInput("x", seen.0)
    program.setInput("t", seen.1)
    if network.isClassConditional {
      guard let classes = classes ?? usualClass.map({ [Int](repeating: $0, count: batch) }) else {
        preconditionFailure("a class-conditional network got no class")
      }
      program.setInput("classes", classes.map(Float.init))
    }
    program.run()
    return program.output("y")
  }

  /// Gives the memory back to the system, until the next answer.
  package func release() { for program in programs.values { program.release() } }

  /// The compiled program for `batch` images.
  package func program(batch: Int) throws -> Program {
    if let program = programs[batch] { return program }
    let graph = network.buildGraph(batch: batch, height: height, width: width, training: false)
    let program = try Program(
      graph, parameters: parameters, purpose: .inference, precision: precision, threads: threads)
    programs[batch] = program
    return program
  }
}

extension DiffusionModel {
  /// The network for images of one size, by default that of the training images.
  package func predictor(
    width: Int? = nil, height: Int? = nil, precision: Program.Precision = .float32,
    threads: Int? = nil
  ) throws -> NoisePredictor {
    try precision.checkSupport()
    return try NoisePredictor(
      configuration.network, parameters: parameters,
      schedule: configuration.degradation == nil ? schedule : nil,
      width: width ?? configuration.images.width, height: height ?? configuration.images.height,
      usualClass: configuration.noClass, precision: precision, threads: threads)
  }
}
