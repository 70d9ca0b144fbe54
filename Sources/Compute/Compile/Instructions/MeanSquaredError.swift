/// Each image's mean squared error, times its weight where there is one, and in training the gradient
/// of the batch's mean with it.
struct MeanSquaredError: Differentiable {
  let prediction: Tensor
  let target: Tensor
  /// (N)
  let weight: Tensor?
  /// (N)
  let output: Tensor
  /// Like the prediction; nil in inference.
  let gradient: Tensor?

  var instruction: Instruction { .meanSquaredError(self) }
  var kind: String { "loss" }
  var reads: [Tensor] { [prediction, target] + (weight.map { [$0] } ?? []) }
  var writes: [Tensor] { [output] + (gradient.map { [$0] } ?? []) }

  func differentiate(_ backward: inout Differentiation) {
    if let gradient { backward.contribute(gradient, to: prediction) }
  }
}
