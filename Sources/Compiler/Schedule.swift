/// A tensor that instructions read and write, as an index into `Schedule.shapes`.
package typealias Tensor = Int

/// What is computed, in order, on which tensors: a graph after fusion, with its backward pass.
package struct Schedule {
  /// Shapes: (N, H, W, C) lies in blocks of channels, all others row-major.
  package private(set) var shapes: [[Int]] = []
  /// What each tensor's elements are: images may be bfloat16, all others are float32.
  package private(set) var precisions: [ElementType] = []
  let imagePrecision: ElementType
  package let target: Target
  package var instructions: [Instruction] = []
  /// How many instructions come before the backward pass.
  package internal(set) var forwardCount = 0
  /// The instructions, by number, that compute again what was not kept.
  package internal(set) var recomputed: Set<Int> = []
  /// Tensors by the names of the graph's inputs and outputs.
  package var inputs: [String: Tensor] = [:]
  package var outputs: [String: Tensor] = [:]
  /// Gradients of inputs, by the inputs' names.
  package var inputGradients: [String: Tensor] = [:]

  /// - Parameters:
  ///   - images: what images are kept in.
  ///   - target: the backend's answers.
  package init(images: ElementType, target: Target) {
    imagePrecision = images
    self.target = target
  }

  package mutating func tensor(_ shape: [Int]) -> Tensor {
    shapes.append(shape)
    precisions.append(shape.count == 4 ? imagePrecision : .float32)
    return shapes.count - 1
  }

  /// A new tensor of the same shape.
  package mutating func tensor(like other: Tensor) -> Tensor { tensor(shapes[other]) }

  /// The parameters whose gradients nothing changes after an instruction, by the instruction; those
  /// that the loss does not depend on have none.
  package var finalGradients: [[Int]] {
    var seen: Set<Int> = []
    let fromTheEnd = instructions.reversed().map { instruction in
      instruction.trainedParameters.filter { seen.insert($0).inserted }
    }
    return fromTheEnd.reversed()
  }

  /// What kind of work an instruction is, by its number: "convolution", "group norm recomputation".
  package func kind(_ index: Int) -> String {
    instructions[index].kind + (recomputed.contains(index) ? " recomputation" : "")
  }

  /// How many floats a tensor takes the place of.
  package func storageCount(_ tensor: Tensor) -> Int {
    let perFloat = precisions[tensor].elementsPerFloat
    return (elementCount(tensor) + perFloat - 1) / perFloat
  }

  /// How many elements a tensor has, padding included.
  package func elementCount(_ tensor: Tensor) -> Int {
    let shape = shapes[tensor]
    guard shape.count == 4 else { return shape.reduce(1, *) }
    return shape[0] * shape[1] * shape[2] * target.wholeBlocks(shape[3])
  }
}
