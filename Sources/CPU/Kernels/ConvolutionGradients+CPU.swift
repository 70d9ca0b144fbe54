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
      let reorder = try Reorder(memory, ordered, oneDNN)
      steps = [{ reorder.run() }]
    } else {
      let blockedLayout = shape.blockedWeightLayout
      let blocked = try preparation.allocate(blockedLayout.bytes / 4)
      let reorder = try Reorder(
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

/// Where a bias's gradient is computed: in its place, or in whole blocks beside it.
final class BiasGradient {
  let memory: Memory
  let computed: UnsafeMutablePointer<Float>
  private let final: UnsafeMutablePointer<Float>
  private let count: Int

  /// Nil where there is no bias.
  init?(_ bias: Int?, of shape: ConvolutionShape, _ preparation: Preparation)
    throws(ComputeError)
  {
    guard let bias else { return nil }
    count = shape.outputChannels
    final = try preparation.gradient(bias)
    computed =
      shape.blockedOutputChannels == count
      ? final : try preparation.allocate(shape.blockedOutputChannels)
    memory = try Memory(
      .plain([shape.blockedOutputChannels]), preparation.oneDNN.engine, at: computed)
  }

  func store() {
    if computed != final { final.update(from: computed, count: count) }
  }
}
