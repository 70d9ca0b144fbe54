internal import COneDNN

/// Where a convolution's weight gradient is computed, and its way from there to PyTorch's order.
final class WeightGradient {
  let memory: Memory
  private var steps: [() -> Void] = []

  /// - Parameters:
  ///   - layout: which the primitive writes.
  ///   - scratchpad: the primitive's, which is placed beside the gradient.
  init(
    _ shape: ConvolutionShape, layout: Layout, _ scratchpad: Memory, _ preparation: Preparation
  ) {
    let oneDNN = preparation.oneDNN
    let final = preparation.gradient(shape.weight) + shape.weightOffset
    if shape.fillsBlocks && layout.equals(shape.weightLayout) {
      memory = Memory(layout, oneDNN.engine, at: final)
      preparation.share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
      return
    }
    memory = Memory(layout, oneDNN.engine, at: nil)
    preparation.share(scratchpad, memory)
    if shape.fillsBlocks {
      let ordered = Memory(shape.weightLayout, oneDNN.engine, at: final)
      let reorder = Reorder(memory, ordered, oneDNN)
      steps = [{ reorder.run() }]
    } else {
      let blockedLayout = shape.blockedWeightLayout
      let blocked = preparation.allocate(blockedLayout.bytes / 4)
      let reorder = Reorder(memory, Memory(blockedLayout, oneDNN.engine, at: blocked), oneDNN)
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

  init(_ bias: Int, of shape: ConvolutionShape, _ preparation: Preparation) {
    count = shape.outputChannels
    final = preparation.gradient(bias)
    computed =
      shape.blockedOutputChannels == count
      ? final : preparation.allocate(shape.blockedOutputChannels)
    memory = Memory(
      .plain([shape.blockedOutputChannels]), preparation.oneDNN.engine, at: computed)
  }

  func store() {
    if computed != final { final.update(from: computed, count: count) }
  }
}
