/// Every pixel becomes two by two.
struct Upsample: Differentiable {
  let input: Tensor
  let output: Tensor

  var instruction: Instruction { .upsample(self) }
  var kind: String { "upsample" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(UpsampleBackward(outputGradient: gradient, inputGradient: inputGradient))
    backward.contribute(inputGradient, to: input)
  }
}

struct UpsampleBackward: Step {
  let outputGradient: Tensor
  let inputGradient: Tensor

  var instruction: Instruction { .upsampleBackward(self) }
  var kind: String { "upsample" }
  var reads: [Tensor] { [outputGradient] }
  var writes: [Tensor] { [inputGradient] }
}

/// Squares of pixels into channels, or channels into squares of pixels: each is the other's gradient.
struct PixelShuffle: Differentiable {
  let factor: Int
  /// Whether pixels become channels.
  let unshuffles: Bool
  let input: Tensor
  let output: Tensor

  var instruction: Instruction { .pixelShuffle(self) }
  var kind: String { "pixel shuffle" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }

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
struct Concatenate: Differentiable {
  let first: Tensor
  let second: Tensor
  let output: Tensor

  var instruction: Instruction { .concatenate(self) }
  var kind: String { "concatenate" }
  var reads: [Tensor] { [first, second] }
  var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let parts = (backward.tensor(like: first), backward.tensor(like: second))
    backward.append(Split(input: gradient, first: parts.0, second: parts.1))
    if backward.wants(first) { backward.contribute(parts.0, to: first) }
    if backward.wants(second) { backward.contribute(parts.1, to: second) }
  }
}

/// The two parts of a concatenation.
struct Split: Step {
  let input: Tensor
  let first: Tensor
  let second: Tensor

  var instruction: Instruction { .split(self) }
  var kind: String { "concatenate" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [first, second] }
}
