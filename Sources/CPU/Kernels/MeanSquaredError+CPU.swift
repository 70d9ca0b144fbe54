internal import CKernels
internal import Compiler

extension MeanSquaredError: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let shape = preparation.shape(prediction)
    let y = preparation.pointer(prediction)
    let target = preparation.pointer(target)
    let weights = weight.map { preparation.pointer($0) }
    let losses = preparation.pointer(output)
    let dy = gradient.map { preparation.pointer($0) }
    let element = preparation.element(prediction)
    return Kernel {
      st_mean_squared_error(
        losses, dy, y, target, weights, 1 / Float(shape[0]), shape[0], shape[3],
        shape[1] * shape[2], element)
    }
  }
}
