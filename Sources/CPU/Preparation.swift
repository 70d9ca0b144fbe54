internal import CKernels
internal import Compiler

/// What instructions are prepared with: where tensors and parameters lie, and memory that they share.
final class Preparation {
  let schedule: Schedule
  let plan: MemoryPlan
  private let parameters: ParameterBuffer
  /// Nil for inference.
  let gradients: ParameterBuffer?
  let oneDNN: OneDNN
  let state: RunStateBox
  private let arena: Buffer
  /// Used within one kernel and free for the next: oneDNN's scratchpads, gradients on their way to
  /// PyTorch's order.
  private var sharedCount = 0
  static let sharedAlignment = 4096
  private var placedLater: [(UnsafeMutableRawPointer) -> Void] = []
  /// Memory that lasts, such as weights in the order that a convolution wants.
  private(set) var owned: [Buffer] = []
  /// The input channels of each parameter whose gradient an instruction writes.
  private var writtenInputs: [Int: [Range<Int>]] = [:]
  /// Parameters that several instructions use.
  private var repeatedGradients: Set<Int> = []
  /// What the instruction at hand adds to the gradients when it has run.
  private var additions: [() -> Void] = []
  /// What sets gradients that are added up to zero before each run.
  private(set) var clearing: [() -> Void] = []
  /// The number of the instruction at hand.
  private var instruction = 0
  /// What serves it.
  private(set) var code = KernelTable.Code.loops
  /// What has to run again before the instruction at hand when the parameters have changed.
  private(set) var packing: [() -> Void] = []

  init(
    _ schedule: Schedule, _ plan: MemoryPlan, arena: Buffer, parameters: ParameterBuffer,
    gradients: ParameterBuffer?, oneDNN: OneDNN, state: RunStateBox
  ) {
    self.schedule = schedule
    self.plan = plan
    self.arena = arena
    self.parameters = parameters
    self.gradients = gradients
    self.oneDNN = oneDNN
    self.state = state
  }

  func shape(_ tensor: Tensor) -> [Int] { schedule.shapes[tensor] }
  func precision(_ tensor: Tensor) -> ElementType { schedule.precisions[tensor] }
  func element(_ tensor: Tensor) -> st_element { precision(tensor).element }

  /// Where a tensor begins as the instruction at hand runs; what lies there is floats or, of images, what
  /// `element` says.
  func pointer(_ tensor: Tensor) -> UnsafeMutablePointer<Float> {
    arena.pointer + plan.offset(of: tensor, at: instruction)
  }
  /// Whether nobody reads a tensor after the instruction at hand, which may then overwrite it.
  func isLastReader(of tensor: Tensor) -> Bool { plan.ends(tensor, at: instruction) }
  /// How many elements, padding included.
  func count(_ tensor: Tensor) -> Int { schedule.elementCount(tensor) }

  func parameter(_ index: Int) -> UnsafeMutablePointer<Float> {
    parameters.pointer(index)
  }

  /// Where an instruction is to write a parameter's gradient, or of a convolution's weight the part of
  /// some input channels.
  ///
  /// That is its place among the gradients, unless another instruction writes to the same: then it is
  /// memory of its own, which is added when the instruction has run.
  func gradient(_ index: Int, inputs: Range<Int> = 0..<Int.max) throws(ComputeError)
    -> UnsafeMutablePointer<Float>
  {
    guard let gradients else { preconditionFailure("there are no gradients in inference") }
    let place = gradients.pointer(index)
    let isWritten = writtenInputs[index, default: []].contains { $0.overlaps(inputs) }
    writtenInputs[index, default: []].append(inputs)
    if !isWritten { return place }
    let count = gradients.count(index)
    // What the instruction does not write stays zero.
    let own = try allocate(count)
    additions.append { st_add_scaled(place, own, 1, count) }
    if repeatedGradients.insert(index).inserted {
      clearing.append { place.update(repeating: 0, count: count) }
    }
    return own
  }

  /// Where the gradient of the part of a weight begins that a convolution uses.
  func weightGradient(of shape: ConvolutionShape) throws(ComputeError)
    -> UnsafeMutablePointer<Float>
  {
    let inputs = shape.firstChannel..<(shape.firstChannel + shape.inputChannels)
    return try gradient(shape.weight, inputs: inputs) + shape.weightOffset
  }

  /// An instruction's kernel, which adds to the gradients of parameters that others use as well.
  func kernel(of index: Int) throws(ComputeError) -> Kernel {
    let instruction = schedule.instructions[index]
    (self.instruction, additions, packing) = (index, [], [])
    code = KernelTable.code(for: instruction, schedule)
    let kernel = try instruction.onCPU.prepare(self)
    if additions.isEmpty { return kernel }
    return Kernel(implementation: kernel.implementation) { [additions] in
      kernel.run()
      for add in additions { add() }
    }
  }

  /// The table names code for an instruction that is not there.
  func hasNone(of instruction: Instruction) -> Never {
    preconditionFailure("there is no \(code) of \(instruction.kind)")
  }

  func allocate(_ count: Int) throws(ComputeError) -> UnsafeMutablePointer<Float> {
    let buffer = try Buffer(count: count)
    owned.append(buffer)
    return buffer.pointer
  }

  /// Has `action` run before the instruction's first run, and again when the parameters have changed.
  func whenParametersChange(_ action: @escaping () -> Void) { packing.append(action) }

  /// Reserves memory that no other kernel minds; it has its place when all is prepared.
  func share(bytes: Int) -> SharedMemory {
    let memory = SharedMemory()
    share(bytes: bytes) { memory.place = $0 }
    return memory
  }

  /// Reserves memory that no other kernel minds; `use` is told where it is when all is prepared.
  func share(bytes: Int, use: @escaping (UnsafeMutableRawPointer) -> Void) {
    sharedCount = max(sharedCount, bytes.roundedUp(toMultipleOf: Self.sharedAlignment) / 4)
    placedLater.append(use)
  }

  /// A convolution's bias, in whole blocks.
  func biasValues(_ index: Int, of shape: ConvolutionShape) throws(ComputeError)
    -> UnsafeMutablePointer<Float>
  {
    let pointer = parameter(index)
    let count = shape.outputChannels
    if shape.blockedOutputChannels == count { return pointer }
    let blocked = try allocate(shape.blockedOutputChannels)
    packing.append { blocked.update(from: pointer, count: count) }
    return blocked
  }

  /// Allocates what was shared and tells its users.
  func finish() throws(ComputeError) {
    let shared = try allocate(sharedCount)
    for use in placedLater { use(UnsafeMutableRawPointer(shared)) }
    placedLater = []
  }
}

/// Memory that a kernel uses while it runs, and another one after it.
final class SharedMemory {
  fileprivate(set) var place: UnsafeMutableRawPointer?

  var pointer: UnsafeMutableRawPointer {
    guard let place else { preconditionFailure("the preparation was not finished") }
    return place
  }

  /// The same, of a kernel that keeps floats there.
  var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }
}
