internal import COneDNN
internal import Compiler

/// Where a convolution's weight gradient is computed, and its way from there to PyTorch's order.
final class WeightGradient {
  let memory: Memory
  private var steps: [() -> Void] = []

  /// - Parameters:
  ///   - layout: which the primitive writes.
  ///   - scratchpad: the primitive's, which is placed beside the gradient.
  init(
    _ shape: ConvolutionShape, layout: Layout, _ scratchpad: Memory, _ preparation: Preparation
  ) throws(ComputeError) {
    let oneDNN = preparation.oneDNN
    let final = try preparation.weightGradient(of: shape)
    if shape.fillsBlocks && layout.equals(shape.weightLayout) {
      memory = try Memory(layout, oneDNN.engine, at: final)
      preparation.share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
      return
    }
    memory = try Memory(layout, oneDNN.engine, at: nil)
    preparation.share(scratchpad, memory)
    if shape.fillsBlocks {
      let ordered = try Memory(shape.weightLayout, oneDNN.engine, at: final)
      let reorder = try Call.reorder(memory, ordered, oneDNN)
      steps = [{ reorder.run() }]
    } else {
      let blockedLayout = shape.blockedWeightLayout
      let blocked = try preparation.allocate(blockedLayout.bytes / 4)
      let reorder = try Call.reorder(
        memory, try Memory(blockedLayout, oneDNN.engine, at: blocked), oneDNN)
      steps = [
        { reorder.run() },
        { shape.copy(from: blocked, blocked: true, to: final, blocked: false) },
      ]
    }
  }

  /// Writes the gradient to its place among the gradients.
  func store() {
    for step in steps { step() }
  }
}
