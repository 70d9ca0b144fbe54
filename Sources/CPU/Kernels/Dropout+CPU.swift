internal import CKernels
internal import Compiler
internal import Random

extension Dropout: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let shape = preparation.shape(output)
    let state = preparation.state
    let stream = UInt32(RandomStream.Purpose.dropout.rawValue) | UInt32(site) << 8
    // A row (N, C) is an image of one pixel in blocks of one channel.
    let isImage = shape.count == 4
    let pixels = isImage ? shape[1] * shape[2] : 1
    let channels = shape[shape.count - 1]
    let lanes = isImage ? Target.cpu.channelBlock : 1
    let element = preparation.element(output)
    return Kernel {
      st_dropout(
        y, x, rate, state.value.dropoutSeed, state.value.dropoutStep, state.value.dropoutFirstImage,
        stream, shape[0], channels, pixels, lanes, element)
    }
  }
}
