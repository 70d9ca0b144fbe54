/// Zeros with probability `rate`; its gradient is the same instruction on the gradient.
struct Dropout: Differentiable {
  let rate: Float
  let site: Int
  let input: Tensor
  let output: Tensor

  var instruction: Instruction { .dropout(self) }
  var kind: String { "dropout" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }
  var inPlace: [(write: Tensor, read: Tensor)] { [(output, input)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(Dropout(rate: rate, site: site, input: gradient, output: inputGradient))
    backward.contribute(inputGradient, to: input)
  }
}
