/// y = x sigmoid(x).
struct SiLU: Differentiable {
  let input: Tensor
  let output: Tensor

  var instruction: Instruction { .silu(self) }
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
}

struct SiLUBackward: Step {
  let input: Tensor
  let outputGradient: Tensor
  let inputGradient: Tensor

  var instruction: Instruction { .siluBackward(self) }
  var kind: String { "pointwise" }
  var reads: [Tensor] { [input, outputGradient] }
  var writes: [Tensor] { [inputGradient] }
  var inPlace: [(write: Tensor, read: Tensor)] { [(inputGradient, outputGradient)] }
}

/// The sum of two tensors of one shape.
struct Add: Differentiable {
  let a: Tensor
  let b: Tensor
  let output: Tensor

  var instruction: Instruction { .add(self) }
  var kind: String { "pointwise" }
  var reads: [Tensor] { [a, b] }
  var writes: [Tensor] { [output] }
  var inPlace: [(write: Tensor, read: Tensor)] { [(output, a), (output, b)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    for input in reads where backward.wants(input) { backward.contribute(gradient, to: input) }
  }
}

/// Images with a shift (N, C) added to all pixels.
struct AddShift: Differentiable {
  let input: Tensor
  let shift: Tensor
  let output: Tensor

  var instruction: Instruction { .addShift(self) }
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
}

/// (N, H, W, C) → (N, C): the sum over the pixels.
struct SumPixels: Step {
  let input: Tensor
  let output: Tensor

  var instruction: Instruction { .sumPixels(self) }
  var kind: String { "pointwise" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }
}
