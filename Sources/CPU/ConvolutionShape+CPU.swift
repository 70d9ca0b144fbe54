internal import CKernels
internal import Compiler

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
}
