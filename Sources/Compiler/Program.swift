package import Graph

/// A graph that is ready to run on the backend that its parameters lie on.
///
/// A run allocates nothing. A program belongs to one thread at a time.
package final class Program {
  /// What images are computed in.
  package typealias Precision = ElementType

  /// What a program is run for.
  package enum Purpose {
    /// Forward only; dropouts do nothing.
    case inference
    /// Forward and backward from the graph's loss. Gradients of all parameters, and
    /// of the inputs named; what is computed again in the backward pass makes no difference to them, and nil
    /// is what costs next to nothing.
    case training(inputGradients: Set<String> = [], recomputing: Recomputation? = nil)
  }

  /// The gradients of the batch's mean loss, after a run in training.
  package let gradients: ParameterStore?
  /// What images are kept in.
  package let precision: Precision
  /// What is computed.
  package let schedule: Schedule
  /// How many threads it was told to run on; nil for all.
  package let threads: Int?
  private let parameters: ParameterStore
  /// What the backend has made of it.
  package let executable: any Executable
  private var state = RunState()
  private var seenVersion = -1

  /// Compiles the graph.
  ///
  /// - Parameters:
  ///   - graph: with at least one output; in training, with a loss.
  ///   - parameters: of the graph's declarations; read at each run.
  ///   - precision: one that the parameters' backend supports.
  ///   - threads: how many to run on; nil for as many as there are processors.
  /// - Throws: `ComputeError.outOfMemory`.
  package init(
    _ graph: ComputationGraph, parameters: ParameterStore, purpose: Purpose,
    precision: Precision = .float32, threads: Int? = nil
  ) throws(ComputeError) {
    let backend = parameters.backend
    precondition(backend.supports(precision), "\(backend.name) does not compute in \(precision)")
    precondition(
      graph.parameters == parameters.declarations, "the parameters are another network's")
    self.parameters = parameters
    self.precision = precision
    self.threads = threads
    schedule = Schedule(graph, purpose, precision, backend.target)
    if case .training = purpose {
      gradients = try ParameterStore(parameters.declarations, on: backend)
    } else {
      gradients = nil
    }
    executable = try backend.compile(
      schedule, parameters: parameters.storage, gradients: gradients?.changing, threads: threads)
  }

  /// Bytes of the tensors and of what kernels keep.
  package var plannedBytes: Int { executable.bytes }

  /// Multiplications and additions of one run, by the textbook's formulas; what runs again does not count.
  package var floatingPointOperations: Double {
    schedule.instructions.enumerated().reduce(0) { sum, step in
      sum + (schedule.recomputed.contains(step.offset) ? 0 : step.element.operations(schedule))
    }
  }

  /// Bytes of the tensors that a program of `graph` would have, and of what its kernels use while they run, without
  /// compiling it.
  package static func plannedBytes(
    _ graph: ComputationGraph, purpose: Purpose, precision: Precision = .float32,
    on backend: any Backend
  ) -> Int {
    let schedule = Schedule(graph, purpose, precision, backend.target)
    return MemoryPlan(schedule).bytes + backend.scratchBytes(schedule)
  }

  /// What dropouts draw from: a seed, the training step, and the place of the batch's first image
  /// among the step's.
  package func setDropout(seed: UInt64, step: Int, firstImage: Int = 0) {
    state.dropoutSeed = seed
    state.dropoutStep = UInt32(truncatingIfNeeded: step)
    state.dropoutFirstImage = UInt32(truncatingIfNeeded: firstImage)
  }

  /// Gives an input its values for the next run: (N, C, H, W), (N, C) or (N).
  package func setInput(_ name: String, _ values: UnsafeBufferPointer<Float>) {
    guard let tensor = schedule.inputs[name] else {
      preconditionFailure("the graph has no input \(name)")
    }
    let shape = schedule.shapes[tensor]
    precondition(
      values.count == shape.reduce(1, *), "\(name) has shape \(shape), not \(values.count) values")
    executable.write(values, to: tensor)
  }

  /// Gives an input its values for the next run: (N, C, H, W), (N, C) or (N).
  package func setInput(_ name: String, _ values: [Float]) {
    values.withUnsafeBufferPointer { setInput(name, $0) }
  }

  /// Computes all outputs and, in training, all gradients.
  package func run() { run { _ in } }

  /// Parts of a run.
  package enum Part {
    /// All of it.
    case whole
    /// What comes before the loss: the graph's other outputs.
    case forward
    /// The loss and, in training, all gradients, after `forward`.
    case rest
  }

  /// As `run`, calling functions with each instruction's index, before it is computed and after.
  ///
  /// - Parameter part: what is computed.
  package func run(
    _ part: Part = .whole,
    beforeEach prepare: (_ instruction: Int) -> Void = { _ in },
    afterEach report: (_ instruction: Int) -> Void
  ) {
    if part != .rest { begin() }
    let first = part == .rest ? lossIndex : 0
    let end = part == .forward ? lossIndex : schedule.instructions.count
    for index in first..<end {
      prepare(index)
      executable.run(index)
      report(index)
    }
  }

  /// The number of the instruction that gives the loss.
  private var lossIndex: Int {
    let index = schedule.outputs["loss"].flatMap { loss in
      schedule.instructions.firstIndex { $0.writes.contains(loss) }
    }
    guard let index else { preconditionFailure("the graph has no loss") }
    return index
  }

  /// As `run`, calling a function with each instruction's index and with what computes it and gives the time that it took.
  ///
  /// - Parameter elapsed: a clock.
  package func run(
    timedBy elapsed: @escaping () -> Duration,
    each: (_ instruction: Int, _ run: () -> Duration) -> Void
  ) {
    begin()
    for index in schedule.instructions.indices {
      each(index) {
        let start = elapsed()
        executable.run(index)
        return elapsed() - start
      }
    }
  }

  /// Gives the memory back to the system until the next run, for which inputs have to be given anew.
  package func release() { executable.release() }

  /// The values of an output after a run: (N, C, H, W), (N, C) or (N).
  package func output(_ name: String) -> [Float] { values(of: tensor(ofOutput: name)) }

  /// Writes the values of an output, which has as many as `values`: (N, C, H, W), (N, C) or (N).
  package func output(_ name: String, into values: UnsafeMutableBufferPointer<Float>) {
    let tensor = tensor(ofOutput: name)
    let shape = schedule.shapes[tensor]
    precondition(values.count == shape.reduce(1, *), "an output of shape \(shape)")
    executable.read(tensor, into: values)
  }

  /// The gradient of the batch's mean loss with respect to an input: (N, C, H, W).
  package func inputGradient(_ name: String) -> [Float] {
    guard let tensor = schedule.inputGradients[name] else {
      preconditionFailure("the gradient of \(name) was not asked for")
    }
    return values(of: tensor)
  }

  /// The implementations that have a name, with the kind of work that each does.
  package var implementations: [(kind: String, implementation: String)] {
    executable.implementations.enumerated().compactMap { index, name in
      name.map { (schedule.kind(index), $0) }
    }
  }

  private func begin() {
    executable.begin(state, parametersChanged: seenVersion != parameters.version)
    seenVersion = parameters.version
  }

  private func tensor(ofOutput name: String) -> Tensor {
    guard let tensor = schedule.outputs[name] else {
      preconditionFailure("the graph has no output \(name)")
    }
    return tensor
  }

  private func values(of tensor: Tensor) -> [Float] {
    let count = schedule.shapes[tensor].reduce(1, *)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      executable.read(tensor, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }
}

extension Schedule {
  /// What a program of `graph` computes, for a backend.
  init(
    _ graph: ComputationGraph, _ purpose: Program.Purpose, _ images: ElementType, _ target: Target
  ) {
    switch purpose {
    case .inference:
      self = Lowering.lower(graph, isTraining: false, images: images, target: target)
    case .training(let inputGradients, let recomputation):
      self = Schedule(training: graph, images, target, inputGradients: inputGradients)
      recompute(recomputation ?? .usual(self))
    }
  }

  /// Forward and backward pass, before anything is computed again.
  init(
    training graph: ComputationGraph, _ images: ElementType, _ target: Target,
    inputGradients: Set<String> = []
  ) {
    self = Lowering.lower(graph, isTraining: true, images: images, target: target)
    Differentiation.appendBackward(to: &self, inputGradients: inputGradients)
  }
}
