/// Each image's squared error and term of the variational bound, and in training the gradient of the
/// batch's mean with it.
package struct HybridLoss: Differentiable {
  /// Twice the channels of target and image.
  package let prediction: Tensor
  package let target: Tensor
  package let image: Tensor
  /// (N, 6)
  package let coefficients: Tensor
  /// (N)
  package let output: Tensor
  /// Like the prediction; nil in inference.
  package let gradient: Tensor?

  package var instruction: Instruction { .hybridLoss(self) }
  package var kind: String { "loss" }
  package var reads: [Tensor] { [prediction, target, image, coefficients] }
  package var writes: [Tensor] { [output] + (gradient.map { [$0] } ?? []) }

  func differentiate(_ backward: inout Differentiation) {
    if let gradient { backward.contribute(gradient, to: prediction) }
  }
}
