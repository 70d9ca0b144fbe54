internal import CKernels

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

  var kind: String { "loss" }
  var reads: [Tensor] { [prediction, target, image, coefficients] }
  var writes: [Tensor] { [output] + (gradient.map { [$0] } ?? []) }

  func differentiate(_ backward: inout Differentiation) {
    if let gradient { backward.contribute(gradient, to: prediction) }
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let shape = preparation.shape(target)
    let y = preparation.pointer(prediction)
    let target = preparation.pointer(target)
    let image = preparation.pointer(image)
    let coefficients = preparation.pointer(coefficients)
    let losses = preparation.pointer(output)
    let dy = gradient.map(preparation.pointer)
    let element = preparation.element(prediction)
    return Kernel {
      st_hybrid_loss(
        losses, dy, y, target, image, coefficients, 1 / Float(shape[0]), shape[0], shape[3],
        shape[1] * shape[2], OneDNN.lanes, element)
    }
  }
}
