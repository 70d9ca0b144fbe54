/// A tensor that instructions read and write, as an index into `Schedule.tensors`.
typealias Tensor = Int

/// What is computed, in order, on which tensors: a graph after fusion, with its backward pass.
struct Schedule {
  /// Shapes: (N, H, W, C) lies in blocks of channels, all others row-major.
  private(set) var shapes: [[Int]] = []
  /// What each tensor's elements are: images may be bfloat16, all others are float32.
  private(set) var precisions: [Program.Precision] = []
  private let imagePrecision: Program.Precision
  var instructions: [any Instruction] = []
  /// Tensors by the names of the graph's inputs and outputs.
  var inputs: [String: Tensor] = [:]
  var outputs: [String: Tensor] = [:]
  /// Gradients of inputs, by the inputs' names.
  var inputGradients: [String: Tensor] = [:]

  /// - Parameter images: what images are kept in.
  init(images: Program.Precision) { imagePrecision = images }

  mutating func tensor(_ shape: [Int]) -> Tensor {
    shapes.append(shape)
    precisions.append(shape.count == 4 ? imagePrecision : .float32)
    return shapes.count - 1
  }

  /// A new tensor of the same shape.
  mutating func tensor(like other: Tensor) -> Tensor { tensor(shapes[other]) }

  /// How many floats a tensor takes the place of.
  func storageCount(_ tensor: Tensor) -> Int {
    let perFloat = precisions[tensor].elementsPerFloat
    return (elementCount(tensor) + perFloat - 1) / perFloat
  }

  /// How many elements a tensor has, padding included.
  func elementCount(_ tensor: Tensor) -> Int {
    let shape = shapes[tensor]
    let lanes = OneDNN.lanes
    guard shape.count == 4 else { return shape.reduce(1, *) }
    return shape[0] * shape[1] * shape[2] * ((shape[3] + lanes - 1) / lanes * lanes)
  }
}

/// One step of a schedule.
protocol Instruction {
  /// What kind of work it is, for profiles: "group norm", "convolution".
  var kind: String { get }
  var reads: [Tensor] { get }
  var writes: [Tensor] { get }
  /// Pairs of a written and a read tensor that may be the same memory.
  var inPlace: [(write: Tensor, read: Tensor)] { get }
  /// Makes all that can be made before the first run.
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel
}

extension Instruction {
  var inPlace: [(write: Tensor, read: Tensor)] { [] }
}

/// An instruction with a gradient.
protocol Differentiable: Instruction {
  /// Appends what turns the gradients of `writes` into those of `reads` and of the parameters.
  func differentiate(_ backward: inout Differentiation)
}

/// An instruction that is ready to run.
struct Kernel {
  /// oneDNN's name of the code it runs, where it is oneDNN's.
  var implementation: String?
  /// Multiplications and additions, by the textbook's formula.
  var operations = 0
  let run: () -> Void
}
