/// y = x Wᵀ + b with row-major matrices: x (N, I), W (O, I), y (N, O).
struct Linear: Trainable {
  let weight: Int
  let bias: Int
  let input: Tensor
  let output: Tensor

  var instruction: Instruction { .linear(self) }
  var kind: String { "linear" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let inputGradient = backward.wants(input) ? backward.tensor(like: input) : nil
    backward.append(
      LinearBackward(forward: self, outputGradient: gradient, inputGradient: inputGradient))
    if let inputGradient { backward.contribute(inputGradient, to: input) }
  }
}

/// dx, dW and db of a linear layer.
struct LinearBackward: Step {
  let forward: Linear
  let outputGradient: Tensor
  let inputGradient: Tensor?

  var instruction: Instruction { .linearBackward(self) }
  var kind: String { "linear backward" }
  var reads: [Tensor] { [forward.input, outputGradient] }
  var writes: [Tensor] { inputGradient.map { [$0] } ?? [] }
}
