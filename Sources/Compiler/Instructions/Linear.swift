/// y = x Wᵀ + b, or without b, with row-major matrices: x (N, I), W (O, I), y (N, O).
package struct Linear: Trainable {
  package let weight: Int
  package let bias: Int?
  package let input: Tensor
  package let output: Tensor

  package var instruction: Instruction { .linear(self) }
  package var kind: String { "linear" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [output] }
  package var parameters: [Int] { [weight] + (bias.map { [$0] } ?? []) }

  package func operations(_ schedule: Schedule) -> Double {
    let rows = schedule.shapes[output].map(Double.init)
    return 2 * rows[0] * rows[1] * Double(schedule.shapes[input][1])
  }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let inputGradient = backward.wants(input) ? backward.tensor(like: input) : nil
    backward.append(
      LinearBackward(forward: self, outputGradient: gradient, inputGradient: inputGradient))
    if let inputGradient { backward.contribute(inputGradient, to: input) }
  }
}

/// dx, dW and db of a linear layer.
package struct LinearBackward: Step {
  package let forward: Linear
  package let outputGradient: Tensor
  package let inputGradient: Tensor?

  package var instruction: Instruction { .linearBackward(self) }
  package var kind: String { "linear backward" }
  package var reads: [Tensor] { [forward.input, outputGradient] }
  package var writes: [Tensor] { inputGradient.map { [$0] } ?? [] }
  package var trainedParameters: [Int] { forward.parameters }

  package func operations(_ schedule: Schedule) -> Double {
    (inputGradient == nil ? 1 : 2) * forward.operations(schedule)
  }
}
