internal import CKernels
internal import Compiler

extension SiLU: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let (count, element) = (preparation.count(output), preparation.element(output))
    return Kernel { st_silu_forward(y, x, count, element) }
  }
}

extension SiLUBackward: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let dy = preparation.pointer(outputGradient)
    let dx = preparation.pointer(inputGradient)
    let (count, element) = (preparation.count(input), preparation.element(input))
    return Kernel { st_silu_backward(dx, dy, x, count, element) }
  }
}

extension Add: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (a, b) = (preparation.pointer(a), preparation.pointer(b))
    let y = preparation.pointer(output)
    let (count, element) = (preparation.count(output), preparation.element(output))
    return Kernel { st_add(y, a, b, count, element) }
  }
}

extension AddShift: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let shift = preparation.pointer(shift)
    let y = preparation.pointer(output)
    let shape = preparation.shape(output)
    let element = preparation.element(output)
    return Kernel {
      st_add_shift(y, x, shift, shape[0], shape[3], shape[1] * shape[2], element)
    }
  }
}

extension SumPixels: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let sums = preparation.pointer(output)
    let shape = preparation.shape(input)
    let element = preparation.element(input)
    return Kernel {
      st_sum_pixels(sums, x, shape[0], shape[3], shape[1] * shape[2], element)
    }
  }
}
