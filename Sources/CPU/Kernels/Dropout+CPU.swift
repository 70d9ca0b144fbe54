internal import CKernels
internal import Compiler
internal import Random

extension Dropout: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let shape = preparation.shape(output)
    precondition(shape.count == 4, "dropout is of images, which have four axes, not \(shape)")
    let state = preparation.state
    let stream = UInt32(RandomStream.Purpose.dropout.rawValue) | UInt32(site) << 8
    let element = preparation.element(output)
    return Kernel {
      st_dropout(
        y, x, rate, state.value.dropoutSeed, state.value.dropoutStep, state.value.dropoutFirstImage,
        stream, shape[0], shape[3], shape[1] * shape[2], element)
    }
  }
}
