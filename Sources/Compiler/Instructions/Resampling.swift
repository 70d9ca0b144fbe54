/// Every pixel becomes two by two.
package struct Upsample: Differentiable {
  package let input: Tensor
  package let output: Tensor

  package var instruction: Instruction { .upsample(self) }
  package var kind: String { "upsample" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(UpsampleBackward(outputGradient: gradient, inputGradient: inputGradient))
    backward.contribute(inputGradient, to: input)
  }
}

package struct UpsampleBackward: Step {
  package let outputGradient: Tensor
  package let inputGradient: Tensor

  package var instruction: Instruction { .upsampleBackward(self) }
  package var kind: String { "upsample" }
  package var reads: [Tensor] { [outputGradient] }
  package var writes: [Tensor] { [inputGradient] }
}

/// Squares of pixels into channels, or channels into squares of pixels: each is the other's gradient.
package struct PixelShuffle: Differentiable {
  package let factor: Int
  /// Whether pixels become channels.
  package let unshuffles: Bool
  package let input: Tensor
  package let output: Tensor

  package var instruction: Instruction { .pixelShuffle(self) }
  package var kind: String { "pixel shuffle" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(
      PixelShuffle(
        factor: factor, unshuffles: !unshuffles, input: gradient, output: inputGradient))
    backward.contribute(inputGradient, to: input)
  }
}

/// Two tensors along the channels.
package struct Concatenate: Differentiable {
  package let first: Tensor
  package let second: Tensor
  package let output: Tensor

  package var instruction: Instruction { .concatenate(self) }
  package var kind: String { "concatenate" }
  package var reads: [Tensor] { [first, second] }
  package var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let parts = (backward.tensor(like: first), backward.tensor(like: second))
    backward.append(Split(input: gradient, first: parts.0, second: parts.1))
    if backward.wants(first) { backward.contribute(parts.0, to: first) }
    if backward.wants(second) { backward.contribute(parts.1, to: second) }
  }
}

/// The two parts of a concatenation.
package struct Split: Step {
  package let input: Tensor
  package let first: Tensor
  package let second: Tensor

  package var instruction: Instruction { .split(self) }
  package var kind: String { "concatenate" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [first, second] }
}
