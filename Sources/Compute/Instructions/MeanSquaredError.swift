internal import CKernels

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

  var kind: String { "loss" }
  var reads: [Tensor] { [prediction, target] + (weight.map { [$0] } ?? []) }
  var writes: [Tensor] { [output] + (gradient.map { [$0] } ?? []) }

  func differentiate(_ backward: inout Differentiation) {
    if let gradient { backward.contribute(gradient, to: prediction) }
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let shape = preparation.shape(prediction)
    let y = preparation.pointer(prediction)
    let target = preparation.pointer(target)
    let weights = weight.map(preparation.pointer)
    let losses = preparation.pointer(output)
    let dy = gradient.map(preparation.pointer)
    let element = preparation.element(prediction)
    return Kernel {
      st_mean_squared_error(
        losses, dy, y, target, weights, 1 / Float(shape[0]), shape[0], shape[3],
        shape[1] * shape[2], OneDNN.lanes, element)
    }
  }
}
