/// y = convolution of x (+ bias) (+ residual).
package struct Convolution: Trainable {
  package let shape: ConvolutionShape
  package let bias: Int?
  package let input: Tensor
  package let residual: Tensor?
  package let output: Tensor

  package var instruction: Instruction { .convolution(self) }
  package var kind: String { "convolution" }
  package var reads: [Tensor] { [input] + (residual.map { [$0] } ?? []) }
  package var writes: [Tensor] { [output] }
  package var inPlace: [InPlace] { residual.map { [InPlace(output, of: $0)] } ?? [] }
  package var parameters: [Int] { [shape.weight] + [bias].compactMap(\.self) }

  package func operations(_ schedule: Schedule) -> Double {
    shape.operations(output: schedule.shapes[output])
  }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    backward.append(
      ConvolutionWeightGradient(shape: shape, bias: bias, input: input, outputGradient: gradient))
    if backward.wants(input) {
      let inputGradient = backward.tensor(like: input)
      backward.append(
        ConvolutionInputGradient(
          shape: shape, outputGradient: gradient, inputGradient: inputGradient))
      backward.contribute(inputGradient, to: input)
    }
    if let residual, backward.wants(residual) { backward.contribute(gradient, to: residual) }
  }
}

/// dx from dy.
package struct ConvolutionInputGradient: Step {
  package let shape: ConvolutionShape
  package let outputGradient: Tensor
  package let inputGradient: Tensor

  package var instruction: Instruction { .convolutionInputGradient(self) }
  package var kind: String { "input gradient" }
  package var reads: [Tensor] { [outputGradient] }
  package var writes: [Tensor] { [inputGradient] }

  package func operations(_ schedule: Schedule) -> Double {
    shape.operations(output: schedule.shapes[outputGradient])
  }
}

/// The gradients of weight and bias from x and dy.
package struct ConvolutionWeightGradient: Step {
  package let shape: ConvolutionShape
  package let bias: Int?
  package let input: Tensor
  package let outputGradient: Tensor

  package var instruction: Instruction { .convolutionWeightGradient(self) }
  package var kind: String { "weight gradient" }
  package var reads: [Tensor] { [input, outputGradient] }
  package var writes: [Tensor] { [] }
  package var trainedParameters: [Int] { [shape.weight] + [bias].compactMap(\.self) }

  package func operations(_ schedule: Schedule) -> Double {
    shape.operations(output: schedule.shapes[outputGradient])
  }
}
