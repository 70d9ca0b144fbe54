internal import CKernels
internal import Compiler

/// A schedule as prepared kernels, with all its tensors in one arena. A run allocates nothing.
final class CPUExecutable: Executable {
  private let schedule: Schedule
  private let plan: MemoryPlan
  private let arena: Buffer
  private let kernels: [Kernel]
  /// Of each instruction.
  private let packing: [[() -> Void]]
  /// Of each instruction, whether what it has derived from the parameters is of their present values.
  private var isPacked: [Bool]
  private let clearing: [() -> Void]
  private let owned: [Buffer]
  private let state: RunStateBox
  /// What the kernels read and write beside the arena.
  private let parameters: ParameterBuffer
  private let gradients: ParameterBuffer?
  private let threads: Int

  init(
    _ schedule: Schedule, parameters: ParameterBuffer, gradients: ParameterBuffer?, threads: Int
  ) throws(ComputeError) {
    self.schedule = schedule
    self.parameters = parameters
    self.gradients = gradients
    Threads.use(threads)
    // As many as there may be now: what kernels keep for each thread has no room for more.
    self.threads = Int(st_threads())
    plan = MemoryPlan(schedule)
    arena = try Buffer(count: plan.count)
    state = RunStateBox()
    let preparation = Preparation(
      schedule, plan, arena: arena, parameters: parameters, gradients: gradients,
      oneDNN: try OneDNN(), state: state)
    var kernels: [Kernel] = []
    var packing: [[() -> Void]] = []
    for instruction in schedule.instructions.indices {
      kernels.append(try preparation.kernel(of: instruction))
      packing.append(preparation.packing)
    }
    self.kernels = kernels
    self.packing = packing
    isPacked = packing.map { _ in false }
    try preparation.finish()
    clearing = preparation.clearing
    owned = preparation.owned
  }

  var bytes: Int { arena.bytes + owned.reduce(0) { $0 + $1.bytes } }

  var implementations: [String?] { kernels.map(\.implementation) }

  func write(_ values: UnsafeBufferPointer<Float>, to tensor: Tensor) {
    guard let base = values.baseAddress else { return }
    let shape = schedule.shapes[tensor]
    if shape.count == 4 {
      withUnsafePointer(to: st_images(shape, element(tensor))) {
        st_to_blocks(pointer(tensor, at: -1), base, $0)
      }
    } else {
      pointer(tensor, at: -1).update(from: base, count: values.count)
    }
  }

  func read(_ tensor: Tensor, into values: UnsafeMutableBufferPointer<Float>) {
    guard let base = values.baseAddress else { return }
    let shape = schedule.shapes[tensor]
    if shape.count == 4 {
      withUnsafePointer(to: st_images(shape, element(tensor))) {
        st_from_blocks(base, pointer(tensor, at: kernels.count), $0)
      }
    } else {
      base.update(from: pointer(tensor, at: kernels.count), count: values.count)
    }
  }

  func release() {
    arena.release()
    for buffer in owned { buffer.release() }
    forgetParameters()
  }

  func begin(_ state: RunState, parametersChanged: Bool) {
    Threads.use(threads)
    self.state.value = state
    for clear in clearing { clear() }
    if parametersChanged { forgetParameters() }
  }

  private func forgetParameters() { for i in isPacked.indices { isPacked[i] = false } }

  func run(_ instruction: Int) {
    if !isPacked[instruction] {
      for pack in packing[instruction] { pack() }
      isPacked[instruction] = true
    }
    kernels[instruction].run()
  }

  private func pointer(_ tensor: Tensor, at instruction: Int) -> UnsafeMutablePointer<Float> {
    arena.pointer + plan.offset(of: tensor, at: instruction)
  }

  private func element(_ tensor: Tensor) -> st_element { schedule.precisions[tensor].element }
}

/// The state of the run at hand, where kernels find it.
final class RunStateBox {
  var value = RunState()
}
