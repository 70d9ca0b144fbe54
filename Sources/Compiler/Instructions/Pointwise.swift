/// y = x sigmoid(x).
package struct SiLU: Differentiable {
  package let input: Tensor
  package let output: Tensor

  package var instruction: Instruction { .silu(self) }
  package var kind: String { "pointwise" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [output] }
  package var inPlace: [InPlace] { [InPlace(output, of: input)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(
      SiLUBackward(input: input, outputGradient: gradient, inputGradient: inputGradient))
    backward.contribute(inputGradient, to: input)
  }
}

package struct SiLUBackward: Step {
  package let input: Tensor
  package let outputGradient: Tensor
  package let inputGradient: Tensor

  package var instruction: Instruction { .siluBackward(self) }
  package var kind: String { "pointwise" }
  package var reads: [Tensor] { [input, outputGradient] }
  package var writes: [Tensor] { [inputGradient] }
  package var inPlace: [InPlace] { [InPlace(inputGradient, of: outputGradient)] }
}

/// The sum of two tensors of one shape.
package struct Add: Differentiable {
  package let a: Tensor
  package let b: Tensor
  package let output: Tensor

  package var instruction: Instruction { .add(self) }
  package var kind: String { "pointwise" }
  package var reads: [Tensor] { [a, b] }
  package var writes: [Tensor] { [output] }
  package var inPlace: [InPlace] { [InPlace(output, of: a), InPlace(output, of: b)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    for input in reads where backward.wants(input) { backward.contribute(gradient, to: input) }
  }
}

/// Images with a shift (N, C) added to all pixels.
package struct AddShift: Differentiable {
  package let input: Tensor
  package let shift: Tensor
  package let output: Tensor

  package var instruction: Instruction { .addShift(self) }
  package var kind: String { "pointwise" }
  package var reads: [Tensor] { [input, shift] }
  package var writes: [Tensor] { [output] }
  package var inPlace: [InPlace] { [InPlace(output, of: input)] }

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
package struct SumPixels: Step {
  package let input: Tensor
  package let output: Tensor

  package var instruction: Instruction { .sumPixels(self) }
  package var kind: String { "pointwise" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [output] }
}
