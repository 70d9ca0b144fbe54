internal import CKernels
internal import COneDNN

/// What instructions are prepared with: where tensors and parameters lie, and memory that they share.
final class Preparation {
  let schedule: Schedule
  let plan: MemoryPlan
  let parameters: ParameterStore
  /// Nil for inference.
  let gradients: ParameterStore?
  let oneDNN: OneDNN
  let state: RunState
  private let arena: Buffer
  /// Used within one kernel and free for the next: oneDNN's scratchpads, gradients on their way to
  /// PyTorch's order.
  private var sharedCount = 0
  private var placedLater: [(UnsafeMutableRawPointer) -> Void] = []
  /// Memory that lasts, such as weights in the order that a convolution wants.
  private(set) var owned: [Buffer] = []
  /// What has to run again when the parameters have changed.
  private(set) var packing: [() -> Void] = []

  init(
    _ schedule: Schedule, _ plan: MemoryPlan, arena: Buffer, parameters: ParameterStore,
    gradients: ParameterStore?, oneDNN: OneDNN, state: RunState
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
  func precision(_ tensor: Tensor) -> Program.Precision { schedule.precisions[tensor] }
  func element(_ tensor: Tensor) -> st_element { precision(tensor).element }

  /// Where a tensor begins; what lies there is floats or, of images, what `element` says.
  func pointer(_ tensor: Tensor) -> UnsafeMutablePointer<Float> {
    arena.pointer + plan.offsets[tensor]
  }
  /// How many elements, padding included.
  func count(_ tensor: Tensor) -> Int { schedule.elementCount(tensor) }

  /// A tensor for oneDNN, in blocks of channels.
  func memory(_ tensor: Tensor) -> Memory {
    Memory(.images(shape(tensor), precision(tensor)), oneDNN.engine, at: pointer(tensor))
  }

  func parameter(_ index: Int) -> UnsafeMutablePointer<Float> {
    parameterElements(parameters, index)
  }

  func gradient(_ index: Int) -> UnsafeMutablePointer<Float> {
    guard let gradients else { preconditionFailure("there are no gradients in inference") }
    return parameterElements(gradients, index)
  }

  private func parameterElements(_ store: ParameterStore, _ index: Int)
    -> UnsafeMutablePointer<Float>
  {
    guard let pointer = store.values(at: index).baseAddress else {
      preconditionFailure("\(store.declarations[index].name) has no elements")
    }
    return pointer
  }

  func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let buffer = Buffer(count: count)
    owned.append(buffer)
    return buffer.pointer
  }

  /// Has `action` run before the first run, and again when the parameters have changed.
  func whenParametersChange(_ action: @escaping () -> Void) { packing.append(action) }

  /// Reserves memory that no other kernel minds; it has its place when all is prepared.
  func share(bytes: Int) -> SharedMemory {
    let memory = SharedMemory()
    share(bytes: bytes) { memory.place = $0 }
    return memory
  }

  /// Reserves memory that no other kernel minds; `use` is told where it is when all is prepared.
  func share(bytes: Int, use: @escaping (UnsafeMutableRawPointer) -> Void) {
    let alignment = 4096
    sharedCount = max(sharedCount, (bytes + alignment - 1) / alignment * alignment / 4)
    placedLater.append(use)
  }

  /// Two pieces of shared memory that one kernel uses together.
  func share(_ first: Memory, _ second: Memory) {
    let alignment = 4096
    let offset = (first.layout.bytes + alignment - 1) / alignment * alignment
    share(bytes: offset + second.layout.bytes) { pointer in
      first.place(at: pointer)
      second.place(at: pointer + offset)
    }
  }

  /// A convolution's weight in the layout that a primitive wants, and what brings it there before
  /// the primitive runs.
  ///
  /// In inference it is kept, and made anew only when the parameters have changed. In training they
  /// change with each step, so it is made where the next kernel may overwrite it, which takes no
  /// longer and no memory.
  func weight(_ shape: ConvolutionShape, in layout: Layout, beside scratchpad: Memory)
    -> (memory: Memory, pack: () -> Void)
  {
    let pointer = parameter(shape.weight) + shape.weightOffset
    var source = Memory(shape.weightLayout, oneDNN.engine, at: pointer)
    if !shape.fillsBlocks {
      let blockedLayout = shape.blockedWeightLayout
      let blocked = allocate(blockedLayout.bytes / 4)
      source = Memory(blockedLayout, oneDNN.engine, at: blocked)
      packing.append { shape.copy(from: pointer, blocked: false, to: blocked, blocked: true) }
    }
    if layout.equals(source.layout) {
      share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
      return (source, {})
    }
    if gradients == nil {
      let memory = Memory(layout, oneDNN.engine, at: allocate((layout.bytes + 3) / 4))
      let reorder = Reorder(source, memory, oneDNN)
      packing.append { reorder.run() }
      share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
      return (memory, {})
    }
    let memory = Memory(layout, oneDNN.engine, at: nil)
    share(scratchpad, memory)
    let reorder = Reorder(source, memory, oneDNN)
    return (memory, { reorder.run() })
  }

  /// A convolution's bias, in whole blocks.
  func bias(_ index: Int, of shape: ConvolutionShape) -> Memory {
    Memory(
      .plain([shape.blockedOutputChannels]), oneDNN.engine, at: biasValues(index, of: shape))
  }

  /// A convolution's bias, in whole blocks.
  func biasValues(_ index: Int, of shape: ConvolutionShape) -> UnsafeMutablePointer<Float> {
    let pointer = parameter(index)
    let count = shape.outputChannels
    if shape.blockedOutputChannels == count { return pointer }
    let blocked = allocate(shape.blockedOutputChannels)
    packing.append { blocked.update(from: pointer, count: count) }
    return blocked
  }

  /// Allocates what was shared and tells its users.
  func finish() {
    let shared = allocate(sharedCount)
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
}

/// What changes from run to run beside inputs and parameters.
final class RunState {
  var dropoutSeed: UInt64 = 0
  var dropoutStep: UInt32 = 0
  var dropoutFirstImage: UInt32 = 0
}

extension Layout {
  /// Of a tensor (N, H, W, C) in whole blocks of channels.
  static func images(_ shape: [Int], _ precision: Program.Precision) -> Layout {
    precondition(shape.count == 4, "images have four axes, not \(shape)")
    let channels = (shape[3] + OneDNN.lanes - 1) / OneDNN.lanes * OneDNN.lanes
    return .blocked([shape[0], channels, shape[1], shape[2]], precision)
  }
}

/// A copy from one layout to another.
final class Reorder {
  private let primitive: Primitive
  private let from: Memory
  private let to: Memory
  private let oneDNN: OneDNN
  private let arguments: [dnnl_exec_arg_t]

  init(_ from: Memory, _ to: Memory, _ oneDNN: OneDNN) {
    self.from = from
    self.to = to
    self.oneDNN = oneDNN
    var descriptor: dnnl_primitive_desc_t?
    withUnsafePointer(to: from.layout.descriptor) { source in
      withUnsafePointer(to: to.layout.descriptor) { destination in
        check(
          dnnl_reorder_primitive_desc_create(
            &descriptor, source, oneDNN.engine, destination, oneDNN.engine, nil),
          "dnnl_reorder_primitive_desc_create")
      }
    }
    guard let descriptor else { preconditionFailure("oneDNN gave no reorder") }
    primitive = Primitive(descriptor)
    arguments = [
      dnnl_exec_arg_t(arg: DNNL_ARG_FROM, memory: from.handle),
      dnnl_exec_arg_t(arg: DNNL_ARG_TO, memory: to.handle),
    ]
  }

  func run() { primitive.execute(oneDNN.stream, arguments) }
}
