/// What programs run on. A backend keeps parameters and tensors in memory of its own and makes a kernel
/// of each instruction; the compiler asks it what the kernels can do.
package protocol Backend: Sendable {
  /// Its name in messages and tests: "CPU".
  var name: String { get }

  /// What the compiler has to know.
  var target: Target { get }

  /// Whether it computes on images of these elements, rather than imitating them slowly.
  func supports(_ images: ElementType) -> Bool

  /// The elements of images that it computes on fastest.
  var fastest: ElementType { get }

  /// Memory for a network's parameters, all zero.
  func makeStorage(_ layout: ParameterLayout) throws(ComputeError) -> any ParameterStorage

  /// The most bytes that a kernel of a training's schedule uses only while it runs, beside its tensors.
  func scratchBytes(_ schedule: Schedule) -> Int

  /// Makes all kernels and takes all memory that they need.
  ///
  /// - Parameters:
  ///   - parameters: storage of this backend, read at each run.
  ///   - gradients: storage of this backend, written by each run; nil for inference.
  ///   - threads: how many processors to use, where that can be chosen; nil for all.
  func compile(
    _ schedule: Schedule, parameters: any ParameterStorage, gradients: (any ParameterStorage)?,
    threads: Int?
  ) throws(ComputeError) -> any Executable
}

extension Backend {
  package func scratchBytes(_ schedule: Schedule) -> Int { 0 }
}

/// A schedule that a backend has compiled: a kernel an instruction, and the memory of all tensors.
///
/// It belongs to one thread at a time.
package protocol Executable: AnyObject {
  /// Bytes of the tensors and of what kernels keep.
  var bytes: Int { get }

  /// What serves each instruction, where that has a name: "winograd_4x4:avx512".
  var implementations: [String?] { get }

  /// Gives a tensor its values: (N, C, H, W) or row-major.
  func write(_ values: UnsafeBufferPointer<Float>, to tensor: Tensor)

  /// Writes a tensor's values to `values`: (N, C, H, W) or row-major.
  func read(_ tensor: Tensor, into values: UnsafeMutableBufferPointer<Float>)

  /// Gives its memory back to the system, as far as that is possible: what tensors hold is lost, and what is derived from
  /// the parameters is derived anew in the next run.
  func release()

  /// Begins a run.
  ///
  /// - Parameter parametersChanged: whether what is derived from the parameters has to be derived anew, by
  ///   each instruction from those that it reads.
  func begin(_ state: RunState, parametersChanged: Bool)

  /// Computes the instruction with this index. A run computes all of them in order, or the first ones, and these again
  /// with other inputs before the rest.
  func run(_ instruction: Int)
}

/// What changes from run to run beside inputs and parameters.
package struct RunState: Sendable {
  /// What dropouts draw from: a seed, the training step, and the place of the batch's first image among
  /// the step's.
  package var dropoutSeed: UInt64 = 0
  package var dropoutStep: UInt32 = 0
  package var dropoutFirstImage: UInt32 = 0

  package init() {}
}
