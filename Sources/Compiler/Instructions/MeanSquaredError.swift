/// Each image's mean squared error, times its weight where there is one, and in training the gradient
/// of the batch's mean with it.
package struct MeanSquaredError: Differentiable {
  package let prediction: Tensor
  package let target: Tensor
  /// (N)
  package let weight: Tensor?
  /// (N)
  package let output: Tensor
  /// Like the prediction; nil in inference.
  package let gradient: Tensor?

  package var instruction: Instruction { .meanSquaredError(self) }
  package var kind: String { "loss" }
  package var reads: [Tensor] { [prediction, target] + (weight.map { [$0] } ?? []) }
  package var writes: [Tensor] { [output] + (gradient.map { [$0] } ?? []) }

  func differentiate(_ backward: inout Differentiation) {
    if let gradient { backward.contribute(gradient, to: prediction) }
  }
}
