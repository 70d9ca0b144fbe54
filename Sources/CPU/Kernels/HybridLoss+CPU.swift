internal import CKernels
internal import Compiler

extension HybridLoss: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let shape = preparation.shape(target)
    let y = preparation.pointer(prediction)
    let target = preparation.pointer(target)
    let image = preparation.pointer(image)
    let coefficients = preparation.pointer(coefficients)
    let losses = preparation.pointer(output)
    let dy = gradient.map { preparation.pointer($0) }
    let element = preparation.element(prediction)
    return Kernel {
      st_hybrid_loss(
        losses, dy, y, target, image, coefficients, 1 / Float(shape[0]), shape[0], shape[3],
        shape[1] * shape[2], element)
    }
  }
}
