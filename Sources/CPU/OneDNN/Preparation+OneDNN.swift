internal import Compiler

extension Preparation {
  /// A tensor for oneDNN, in blocks of channels.
  func memory(_ tensor: Tensor) throws(ComputeError) -> Memory {
    try Memory(.images(shape(tensor), precision(tensor)), oneDNN.engine, at: pointer(tensor))
  }

  /// Two pieces of shared memory that one kernel uses together.
  func share(_ first: Memory, _ second: Memory) {
    let offset = first.layout.bytes.roundedUp(toMultipleOf: Self.sharedAlignment)
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
    throws(ComputeError) -> (memory: Memory, pack: () -> Void)
  {
    let pointer = parameter(shape.weight) + shape.weightOffset
    var source = try Memory(shape.weightLayout, oneDNN.engine, at: pointer)
    if !shape.fillsBlocks {
      let blockedLayout = shape.blockedWeightLayout
      let blocked = try allocate(blockedLayout.bytes / 4)
      source = try Memory(blockedLayout, oneDNN.engine, at: blocked)
      whenParametersChange { shape.copyToBlocks(from: pointer, to: blocked) }
    }
    if layout.equals(source.layout) {
      share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
      return (source, {})
    }
    if gradients == nil {
      let memory = try Memory(layout, oneDNN.engine, at: try allocate((layout.bytes + 3) / 4))
      let reorder = try Call.reorder(source, memory, oneDNN)
      whenParametersChange { reorder.run() }
      share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
      return (memory, {})
    }
    let memory = try Memory(layout, oneDNN.engine, at: nil)
    share(scratchpad, memory)
    let reorder = try Call.reorder(source, memory, oneDNN)
    return (memory, { reorder.run() })
  }

  /// A convolution's bias, in whole blocks.
  func bias(_ index: Int, of shape: ConvolutionShape) throws(ComputeError) -> Memory {
    try Memory(
      .plain([shape.blockedOutputChannels]), oneDNN.engine, at: try biasValues(index, of: shape))
  }
}

extension Layout {
  /// Of a tensor (N, H, W, C) in whole blocks of channels.
  static func images(_ shape: [Int], _ precision: ElementType) -> Layout {
    precondition(shape.count == 4, "images have four axes, not \(shape)")
    let channels = Target.cpu.wholeBlocks(shape[3])
    return .blocked([shape[0], channels, shape[1], shape[2]], precision)
  }
}

extension ConvolutionShape {
  /// PyTorch's order, of the part of the weight that is used.
  var weightLayout: Layout {
    .plain(
      [outputChannels, inputChannels] + kernel,
      strides: [weightShape[1] * area, area, kernel[1], 1])
  }

  /// PyTorch's order in whole blocks of channels.
  var blockedWeightLayout: Layout {
    .plain([blockedOutputChannels, blockedInputChannels] + kernel)
  }
}
