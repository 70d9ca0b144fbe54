/// y = convolution of x (+ bias) (+ residual).
struct Convolution: Trainable {
  let shape: ConvolutionShape
  let bias: Int?
  let input: Tensor
  let residual: Tensor?
  let output: Tensor

  var instruction: Instruction { .convolution(self) }
  var kind: String { "convolution" }
  var reads: [Tensor] { [input] + (residual.map { [$0] } ?? []) }
  var writes: [Tensor] { [output] }
  var inPlace: [(write: Tensor, read: Tensor)] { residual.map { [(output, $0)] } ?? [] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let value = backward.value(of: input)
    backward.append(
      ConvolutionWeightGradient(shape: shape, bias: bias, input: value, outputGradient: gradient))
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
struct ConvolutionInputGradient: Step {
  let shape: ConvolutionShape
  let outputGradient: Tensor
  let inputGradient: Tensor

  var instruction: Instruction { .convolutionInputGradient(self) }
  var kind: String { "input gradient" }
  var reads: [Tensor] { [outputGradient] }
  var writes: [Tensor] { [inputGradient] }
}

/// The gradients of weight and bias from x and dy.
struct ConvolutionWeightGradient: Step {
  let shape: ConvolutionShape
  let bias: Int?
  let input: Tensor
  let outputGradient: Tensor

  var instruction: Instruction { .convolutionWeightGradient(self) }
  var kind: String { "weight gradient" }
  var reads: [Tensor] { [input, outputGradient] }
  var writes: [Tensor] { [] }
}
