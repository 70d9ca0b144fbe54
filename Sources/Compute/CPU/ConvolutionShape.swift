internal import CKernels

/// The sizes of a convolution, and which part of the weight it uses.
struct ConvolutionShape: Hashable {
  /// The parameter's index.
  let weight: Int
  /// (O, I, kH, kW) of the whole weight.
  let weightShape: [Int]
  /// The first of the weight's input channels that are used, and how many: all of them, or one half
  /// where the input is the other half of a concatenation.
  let firstChannel: Int
  let inputChannels: Int
  let stride: Int
  let padding: Padding

  var outputChannels: Int { weightShape[0] }
  var kernel: [Int] { Array(weightShape[2...]) }
  private var area: Int { kernel[0] * kernel[1] }

  /// Channels in whole blocks. oneDNN is told these: of tensors with a part of a block it has only
  /// reference code.
  var blockedInputChannels: Int { Self.wholeBlocks(inputChannels) }
  var blockedOutputChannels: Int { Self.wholeBlocks(outputChannels) }
  var fillsBlocks: Bool {
    blockedInputChannels == inputChannels && blockedOutputChannels == outputChannels
  }

  private static func wholeBlocks(_ channels: Int) -> Int {
    (channels + OneDNN.lanes - 1) / OneDNN.lanes * OneDNN.lanes
  }

  /// PyTorch's order, of the part of the weight that is used.
  var weightLayout: Layout {
    .plain(
      [outputChannels, inputChannels] + kernel,
      strides: [weightShape[1] * area, area, kernel[1], 1])
  }

  /// Where that part begins.
  var weightOffset: Int { firstChannel * area }

  /// Where it lies, for our own kernels.
  var weightPlace: st_weight {
    st_weight(
      output_stride: weightShape[1] * area, outputs: outputChannels, inputs: inputChannels)
  }

  /// PyTorch's order in whole blocks of channels.
  var blockedWeightLayout: Layout {
    .plain([blockedOutputChannels, blockedInputChannels] + kernel)
  }

  /// Copies the part that is used to or from whole blocks of channels, whose other elements are zero.
  func copy(
    from: UnsafePointer<Float>, blocked fromBlocked: Bool, to: UnsafeMutablePointer<Float>,
    blocked toBlocked: Bool
  ) {
    func rowStride(_ blocked: Bool) -> Int {
      (blocked ? blockedInputChannels : weightShape[1]) * area
    }
    for o in 0..<outputChannels {
      (to + o * rowStride(toBlocked)).update(
        from: from + o * rowStride(fromBlocked), count: inputChannels * area)
    }
  }

  /// Multiplications and additions for an output (N, H, W, O).
  func operations(output: [Int]) -> Int { 2 * output.reduce(1, *) * inputChannels * area }
}
