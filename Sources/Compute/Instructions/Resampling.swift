internal import CKernels

/// Every pixel becomes two by two.
struct Upsample: Differentiable {
  let input: Tensor
  let output: Tensor

  var kind: String { "upsample" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(UpsampleBackward(outputGradient: gradient, inputGradient: inputGradient))
    backward.contribute(inputGradient, to: input)
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let sizes = preparation.images(input)
    return Kernel { withUnsafePointer(to: sizes) { st_upsample_forward(y, x, $0) } }
  }
}

struct UpsampleBackward: Instruction {
  let outputGradient: Tensor
  let inputGradient: Tensor

  var kind: String { "upsample" }
  var reads: [Tensor] { [outputGradient] }
  var writes: [Tensor] { [inputGradient] }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let dy = preparation.pointer(outputGradient)
    let dx = preparation.pointer(inputGradient)
    let sizes = preparation.images(inputGradient)
    return Kernel { withUnsafePointer(to: sizes) { st_upsample_backward(dx, dy, $0) } }
  }
}

/// Squares of pixels into channels, or channels into squares of pixels: each is the other's gradient.
struct PixelShuffle: Differentiable {
  let factor: Int
  /// Whether pixels become channels.
  let unshuffles: Bool
  let input: Tensor
  let output: Tensor

  var kind: String { "pixel shuffle" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output), backward.wants(input) else { return }
    let inputGradient = backward.tensor(like: input)
    backward.append(
      PixelShuffle(
        factor: factor, unshuffles: !unshuffles, input: gradient, output: inputGradient))
    backward.contribute(inputGradient, to: input)
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let sizes = preparation.images(unshuffles ? input : output)
    return Kernel { [factor, unshuffles] in
      withUnsafePointer(to: sizes) {
        unshuffles ? st_pixel_unshuffle(y, x, factor, $0) : st_pixel_shuffle(y, x, factor, $0)
      }
    }
  }
}

/// Two tensors along the channels.
struct Concatenate: Differentiable {
  let first: Tensor
  let second: Tensor
  let output: Tensor

  var kind: String { "concatenate" }
  var reads: [Tensor] { [first, second] }
  var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let parts = (backward.tensor(like: first), backward.tensor(like: second))
    backward.append(Split(input: gradient, first: parts.0, second: parts.1))
    if backward.wants(first) { backward.contribute(parts.0, to: first) }
    if backward.wants(second) { backward.contribute(parts.1, to: second) }
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (a, b) = (preparation.pointer(first), preparation.pointer(second))
    let y = preparation.pointer(output)
    let channels = preparation.shape(first)[3]
    let sizes = preparation.images(output)
    return Kernel { withUnsafePointer(to: sizes) { st_concatenate(y, a, b, channels, $0) } }
  }
}

/// The two parts of a concatenation.
struct Split: Instruction {
  let input: Tensor
  let first: Tensor
  let second: Tensor

  var kind: String { "concatenate" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [first, second] }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let (a, b) = (preparation.pointer(first), preparation.pointer(second))
    let channels = preparation.shape(first)[3]
    let sizes = preparation.images(input)
    return Kernel { withUnsafePointer(to: sizes) { st_split(a, b, x, channels, $0) } }
  }
}

extension st_images {
  /// Of (N, H, W, C).
  init(_ shape: [Int], _ element: st_element) {
    self.init(
      images: shape[0], channels: shape[3], height: shape[1], width: shape[2],
      lanes: OneDNN.lanes, element: element)
  }
}

extension Preparation {
  fileprivate func images(_ tensor: Tensor) -> st_images {
    st_images(shape(tensor), element(tensor))
  }
}
