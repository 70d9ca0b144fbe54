internal import CKernels
internal import Host

/// A graph that is ready to run: prepared kernels in order, all memory in place.
///
/// A run allocates nothing. A program belongs to one thread at a time.
package final class Program {
  /// What a program is run for.
  package enum Purpose {
    /// Forward only; dropouts do nothing.
    case inference
    /// Forward and backward from the graph's mean squared error. Gradients of all parameters, and
    /// of the inputs named.
    case training(inputGradients: Set<String> = [])
  }

  /// The gradients of the batch's mean loss, after a run in training.
  package let gradients: ParameterStore?
  /// Bytes of the arena that all activations share.
  package let plannedBytes: Int
  /// Multiplications and additions of one run, by the textbook's formulas.
  package let floatingPointOperations: Int
  /// What images are kept in.
  package let precision: Precision
  private let parameters: ParameterStore
  private let schedule: Schedule
  private let plan: MemoryPlan
  private let arena: Buffer
  private let kernels: [(kind: String, kernel: Kernel)]
  private let packing: [() -> Void]
  private let clearing: [() -> Void]
  private let owned: [Buffer]
  private let state = RunState()
  private let oneDNN: OneDNN
  private var packedVersion = -1
  private let threads: Int

  /// Prepares all kernels.
  ///
  /// - Parameters:
  ///   - graph: with at least one output; in training, with a mean squared error.
  ///   - parameters: of the graph's declarations; read at each run.
  ///   - precision: one that `supports` says yes to.
  ///   - threads: how many to run on; nil for as many as there are processors.
  /// - Throws: `ComputeError.outOfMemory`.
  package init(
    _ graph: Graph, parameters: ParameterStore, purpose: Purpose, precision: Precision = .float32,
    threads: Int? = nil
  ) throws(ComputeError) {
    precondition(Self.supports(precision), "\(precision) is not this processor's")
    precondition(
      graph.parameters == parameters.declarations, "the parameters are another network's")
    self.parameters = parameters
    self.precision = precision
    self.threads = threads ?? Self.threads
    st_set_threads(Int32(self.threads))
    oneDNN = try OneDNN()
    schedule = Self.schedule(graph, purpose, precision)
    if case .training = purpose {
      gradients = try ParameterStore(parameters.declarations)
    } else {
      gradients = nil
    }
    plan = MemoryPlan(schedule)
    arena = try Buffer(count: plan.count)
    let preparation = Preparation(
      schedule, plan, arena: arena, parameters: parameters, gradients: gradients, oneDNN: oneDNN,
      state: state)
    var kernels: [(kind: String, kernel: Kernel)] = []
    for instruction in schedule.instructions {
      kernels.append((instruction.kind, try preparation.kernel(of: instruction)))
    }
    self.kernels = kernels
    try preparation.finish()
    packing = preparation.packing
    clearing = preparation.clearing
    owned = preparation.owned
    plannedBytes = arena.bytes + owned.reduce(0) { $0 + $1.bytes }
    floatingPointOperations = kernels.reduce(0) { $0 + $1.kernel.operations }
  }

  /// How many threads programs run on that are not told another number: one for each processor that
  /// this process may use, or fewer where OMP_NUM_THREADS says so.
  package static let threads: Int = {
    let count = min(Int(st_threads()), Processors.available)
    st_set_threads(Int32(count))
    return count
  }()

  /// The version of oneDNN that computes: "2.6.3".
  package static var oneDNNVersion: String { OneDNN.version }

  /// Bytes of the arena that a program of `graph` would have, without preparing it.
  package static func plannedBytes(
    _ graph: Graph, purpose: Purpose, precision: Precision = .float32
  ) -> Int {
    MemoryPlan(schedule(graph, purpose, precision)).count * MemoryLayout<Float>.stride
  }

  private static func schedule(
    _ graph: Graph, _ purpose: Purpose, _ precision: Precision
  ) -> Schedule {
    switch purpose {
    case .inference:
      return Lowering.lower(graph, isTraining: false, images: precision, target: .cpu)
    case .training(let inputGradients):
      var schedule = Lowering.lower(graph, isTraining: true, images: precision, target: .cpu)
      Differentiation.appendBackward(to: &schedule, inputGradients: inputGradients)
      return schedule
    }
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
    guard let base = values.baseAddress else { return }
    let pointer = arena.pointer + plan.offsets[tensor]
    if shape.count == 4 {
      let element = schedule.precisions[tensor].element
      withUnsafePointer(to: st_images(shape, element)) { st_to_blocks(pointer, base, $0) }
    } else {
      pointer.update(from: base, count: values.count)
    }
  }

  /// Gives an input its values for the next run: (N, C, H, W), (N, C) or (N).
  package func setInput(_ name: String, _ values: [Float]) {
    values.withUnsafeBufferPointer { setInput(name, $0) }
  }

  /// Computes all outputs and, in training, all gradients.
  package func run() {
    begin()
    for (_, kernel) in kernels { kernel.run() }
  }

  /// As `run`, calling `report` with each kernel's kind, implementation, operations and seconds.
  package func run(
    reporting report: (_ kind: String, _ implementation: String?, _ operations: Int, Duration) ->
      Void
  ) {
    let clock = ContinuousClock()
    report("weights", nil, 0, clock.measure { begin() })
    for (kind, kernel) in kernels {
      report(kind, kernel.implementation, kernel.operations, clock.measure { kernel.run() })
    }
  }

  /// The values of an output after a run: (N, C, H, W), (N, C) or (N).
  package func output(_ name: String) -> [Float] {
    guard let tensor = schedule.outputs[name] else {
      preconditionFailure("the graph has no output \(name)")
    }
    return values(of: tensor)
  }

  /// Writes the values of an output, which has as many as `values`: (N, C, H, W), (N, C) or (N).
  package func output(_ name: String, into values: UnsafeMutableBufferPointer<Float>) {
    guard let tensor = schedule.outputs[name] else {
      preconditionFailure("the graph has no output \(name)")
    }
    read(tensor, into: values)
  }

  /// The gradient of the batch's mean loss with respect to an input: (N, C, H, W).
  package func inputGradient(_ name: String) -> [Float] {
    guard let tensor = schedule.inputGradients[name] else {
      preconditionFailure("the gradient of \(name) was not asked for")
    }
    return values(of: tensor)
  }

  /// oneDNN's implementations that the program uses, with the kind of work that each does.
  package var implementations: [(kind: String, implementation: String)] {
    kernels.compactMap { entry in
      entry.kernel.implementation.map { (entry.kind, $0) }
    }
  }

  /// The program's convolutions, to be measured alone.
  package var convolutionLimit: ConvolutionLimit {
    ConvolutionLimit(schedule, precision, threads: threads)
  }

  private func begin() {
    st_set_threads(Int32(threads))
    for clear in clearing { clear() }
    guard packedVersion != parameters.version else { return }
    for reorder in packing { reorder() }
    packedVersion = parameters.version
  }

  private func values(of tensor: Tensor) -> [Float] {
    let count = schedule.shapes[tensor].reduce(1, *)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      read(tensor, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  private func read(_ tensor: Tensor, into values: UnsafeMutableBufferPointer<Float>) {
    let shape = schedule.shapes[tensor]
    precondition(values.count == shape.reduce(1, *), "an output of shape \(shape)")
    guard let base = values.baseAddress else { return }
    let pointer = arena.pointer + plan.offsets[tensor]
    if shape.count == 4 {
      let element = schedule.precisions[tensor].element
      withUnsafePointer(to: st_images(shape, element)) { st_from_blocks(base, pointer, $0) }
    } else {
      base.update(from: pointer, count: values.count)
    }
  }
}
