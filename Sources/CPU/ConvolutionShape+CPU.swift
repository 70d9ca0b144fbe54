internal import CKernels
internal import Compiler
internal import Graph

extension ConvolutionShape {
  /// Channels in whole blocks. oneDNN is told these: of tensors with a part of a block it has only
  /// reference code.
  var blockedInputChannels: Int { Target.cpu.wholeBlocks(inputChannels) }
  var blockedOutputChannels: Int { Target.cpu.wholeBlocks(outputChannels) }
  var fillsBlocks: Bool {
    blockedInputChannels == inputChannels && blockedOutputChannels == outputChannels
  }

  /// Where the part of the weight begins that is used.
  var weightOffset: Int { firstChannel * area }

  /// Where that part lies, for our own kernels.
  var weightPlace: st_weight {
    st_weight(
      output_stride: weightShape[1] * area, outputs: outputChannels, inputs: inputChannels)
  }

  /// The sizes for our own kernels.
  ///
  /// - Parameters:
  ///   - input: (N, H, W, C)
  ///   - output: (N, H', W', O)
  func sizes(input: [Int], output: [Int], _ precision: ElementType) -> st_convolution {
    st_convolution(
      images: input[0], height: input[1], width: input[2], output_height: output[1],
      output_width: output[2], kernel_height: kernel[0], kernel_width: kernel[1], stride: stride,
      top: padding.top, left: padding.left, inputs: blockedInputChannels,
      outputs: blockedOutputChannels, element: precision.element)
  }

  /// Copies the part of a weight that is used to whole blocks of channels, whose other elements are zero.
  func copyToBlocks(from weight: UnsafePointer<Float>, to blocked: UnsafeMutablePointer<Float>) {
    for o in 0..<outputChannels {
      (blocked + o * blockedInputChannels * area).update(
        from: weight + o * weightShape[1] * area, count: inputChannels * area)
    }
  }
}
