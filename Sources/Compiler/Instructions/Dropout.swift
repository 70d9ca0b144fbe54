/// Zeros with probability `rate`; its gradient is the same instruction on the gradient.
package struct Dropout: Differentiable {
  package let rate: Float
  package let site: Int
  package let input: Tensor
  package let output: Tensor

  package var instruction: Instruction { .dropout(self) }
  package var kind: String { "dropout" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [output] }
  package var inPlace: [InPlace] { [InPlace(output, of: input)] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(Dropout(rate: rate, site: site, input: gradient, output: inputGradient))
    backward.contribute(inputGradient, to: input)
  }
}
