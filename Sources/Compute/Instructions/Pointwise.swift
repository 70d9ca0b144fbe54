internal import CKernels

/// y = x sigmoid(x).
struct SiLU: Differentiable {
  let input: Tensor
  let output: Tensor

  var kind: String { "pointwise" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }
  var inPlace: [(write: Tensor, read: Tensor)] { [(output, input)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(
      SiLUBackward(input: input, outputGradient: gradient, inputGradient: inputGradient))
    backward.contribute(inputGradient, to: input)
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let (count, element) = (preparation.count(output), preparation.element(output))
    return Kernel { st_silu_forward(y, x, count, element) }
  }
}

struct SiLUBackward: Instruction {
  let input: Tensor
  let outputGradient: Tensor
  let inputGradient: Tensor

  var kind: String { "pointwise" }
  var reads: [Tensor] { [input, outputGradient] }
  var writes: [Tensor] { [inputGradient] }
  var inPlace: [(write: Tensor, read: Tensor)] { [(inputGradient, outputGradient)] }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let dy = preparation.pointer(outputGradient)
    let dx = preparation.pointer(inputGradient)
    let (count, element) = (preparation.count(input), preparation.element(input))
    return Kernel { st_silu_backward(dx, dy, x, count, element) }
  }
}

/// The sum of two tensors of one shape.
struct Add: Differentiable {
  let a: Tensor
  let b: Tensor
  let output: Tensor

  var kind: String { "pointwise" }
  var reads: [Tensor] { [a, b] }
  var writes: [Tensor] { [output] }
  var inPlace: [(write: Tensor, read: Tensor)] { [(output, a), (output, b)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    for input in reads where backward.wants(input) { backward.contribute(gradient, to: input) }
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (a, b) = (preparation.pointer(a), preparation.pointer(b))
    let y = preparation.pointer(output)
    let (count, element) = (preparation.count(output), preparation.element(output))
    return Kernel { st_add(y, a, b, count, element) }
  }
}

/// Images with a shift (N, C) added to all pixels.
struct AddShift: Differentiable {
  let input: Tensor
  let shift: Tensor
  let output: Tensor

  var kind: String { "pointwise" }
  var reads: [Tensor] { [input, shift] }
  var writes: [Tensor] { [output] }
  var inPlace: [(write: Tensor, read: Tensor)] { [(output, input)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    if backward.wants(input) { backward.contribute(gradient, to: input) }
    guard backward.wants(shift) else { return }
    let sums = backward.tensor(like: shift)
    backward.append(SumPixels(input: gradient, output: sums))
    backward.contribute(sums, to: shift)
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let shift = preparation.pointer(shift)
    let y = preparation.pointer(output)
    let shape = preparation.shape(output)
    let element = preparation.element(output)
    return Kernel {
      st_add_shift(y, x, shift, shape[0], shape[3], shape[1] * shape[2], OneDNN.lanes, element)
    }
  }
}

/// (N, H, W, C) → (N, C): the sum over the pixels.
struct SumPixels: Instruction {
  let input: Tensor
  let output: Tensor

  var kind: String { "pointwise" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let sums = preparation.pointer(output)
    let shape = preparation.shape(input)
    let element = preparation.element(input)
    return Kernel {
      st_sum_pixels(sums, x, shape[0], shape[3], shape[1] * shape[2], OneDNN.lanes, element)
    }
  }
}
