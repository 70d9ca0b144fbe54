/// Each image's squared error and term of the variational bound, and in training the gradient of the
/// batch's mean with it.
struct HybridLoss: Differentiable {
  /// Twice the channels of target and image.
  let prediction: Tensor
  let target: Tensor
  let image: Tensor
  /// (N, 6)
  let coefficients: Tensor
  /// (N)
  let output: Tensor
  /// Like the prediction; nil in inference.
  let gradient: Tensor?

  var instruction: Instruction { .hybridLoss(self) }
  var kind: String { "loss" }
  var reads: [Tensor] { [prediction, target, image, coefficients] }
  var writes: [Tensor] { [output] + (gradient.map { [$0] } ?? []) }

  func differentiate(_ backward: inout Differentiation) {
    if let gradient { backward.contribute(gradient, to: prediction) }
  }
}
