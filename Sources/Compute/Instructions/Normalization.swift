internal import CKernels

/// Normalisation of one tensor or of two side by side, with a shift before and SiLU after it.
struct Normalization: Trainable {
  /// What has a mean and a variance of its own.
  enum Region {
    /// So many groups of an image's channels. statistics: (N, groups, 2), mean and inverse deviation.
    case groups(Int, statistics: Tensor)
    /// Each pixel.
    case pixel
  }

  let region: Region
  let epsilon: Float
  let hasSiLU: Bool
  let weight: Int
  let bias: Int
  let first: Tensor
  let second: Tensor?
  /// (N, C), added to all pixels of an image before the statistics are taken.
  let shift: Tensor?
  let output: Tensor

  var statistics: Tensor? {
    guard case .groups(_, let statistics) = region else { return nil }
    return statistics
  }

  private var groups: Int {
    guard case .groups(let count, _) = region else { return 1 }
    return count
  }

  var kind: String { statistics == nil ? "layer norm" : "group norm" }
  var reads: [Tensor] { [first] + [second, shift].compactMap(\.self) }
  var writes: [Tensor] { [output] + (statistics.map { [$0] } ?? []) }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let images = backward.shape(output)[0]
    let channels = backward.shape(output)[3]
    let firstPending = backward.takePending(first)
    let secondPending = second.map { backward.takePending($0) } ?? []
    let instruction = NormalizationBackward(
      forward: self, outputGradient: gradient, firstGradient: backward.tensor(like: first),
      secondGradient: second.map { backward.tensor(like: $0) },
      shiftGradient: shift.map { backward.tensor(like: $0) },
      parameterGradients: backward.tensor([images, channels, 2]), firstPending: firstPending,
      secondPending: secondPending)
    backward.append(instruction)
    backward.contribute(instruction.firstGradient, to: first)
    if let second, let gradient = instruction.secondGradient {
      backward.contribute(gradient, to: second)
    }
    if let shift, let gradient = instruction.shiftGradient {
      backward.contribute(gradient, to: shift)
    }
  }

  fileprivate func sizes(_ preparation: Preparation) -> st_group_norm {
    let shape = preparation.shape(output)
    return st_group_norm(
      images: shape[0], pixels: shape[1] * shape[2], lanes: OneDNN.lanes, channels: shape[3],
      first_channels: preparation.shape(first)[3], groups: groups, epsilon: epsilon,
      silu: hasSiLU ? 1 : 0, element: preparation.element(output))
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    kernel(preparation, output: output, knowsStatistics: false)
  }

  fileprivate func kernel(
    _ preparation: Preparation, output: Tensor, knowsStatistics: Bool
  ) -> Kernel {
    let sizes = sizes(preparation)
    let y = preparation.pointer(output)
    let saved = statistics.map(preparation.pointer)
    let a = preparation.pointer(first)
    let b = second.map(preparation.pointer)
    let shift = shift.map(preparation.pointer)
    let weight = preparation.parameter(weight)
    let bias = preparation.parameter(bias)
    return Kernel {
      withUnsafePointer(to: sizes) {
        guard let saved else {
          st_layer_norm_forward(y, a, b, shift, weight, bias, $0)
          return
        }
        if knowsStatistics {
          st_group_norm_again(y, saved, a, b, shift, weight, bias, $0)
        } else {
          st_group_norm_forward(y, saved, a, b, shift, weight, bias, $0)
        }
      }
    }
  }
}

/// A normalisation's output once more, in the backward pass, so that it need not be kept.
struct Renormalization: Instruction {
  let forward: Normalization
  let output: Tensor

  var kind: String { "\(forward.kind) again" }
  var reads: [Tensor] { forward.reads + (forward.statistics.map { [$0] } ?? []) }
  var writes: [Tensor] { [output] }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    forward.kernel(preparation, output: output, knowsStatistics: true)
  }
}

/// The gradients of all that a normalisation reads.
struct NormalizationBackward: Instruction {
  let forward: Normalization
  let outputGradient: Tensor
  let firstGradient: Tensor
  let secondGradient: Tensor?
  let shiftGradient: Tensor?
  /// (N, C, 2): each image's part of the gradients of weight and bias.
  let parameterGradients: Tensor
  /// Other gradients of the inputs, at most two each, which are added.
  let firstPending: [Tensor]
  let secondPending: [Tensor]

  var kind: String { "\(forward.kind) backward" }
  var reads: [Tensor] {
    [outputGradient] + (forward.statistics.map { [$0] } ?? []) + forward.reads + firstPending
      + secondPending
  }
  var writes: [Tensor] {
    [firstGradient, parameterGradients] + [secondGradient, shiftGradient].compactMap(\.self)
  }
  var inPlace: [(write: Tensor, read: Tensor)] {
    secondGradient == nil ? [(firstGradient, outputGradient)] : []
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let sizes = forward.sizes(preparation)
    let da = preparation.pointer(firstGradient)
    let db = secondGradient.map(preparation.pointer)
    let dshift = shiftGradient.map(preparation.pointer)
    let parts = preparation.pointer(parameterGradients)
    let dy = preparation.pointer(outputGradient)
    let a = preparation.pointer(forward.first)
    let b = forward.second.map(preparation.pointer)
    let shift = forward.shift.map(preparation.pointer)
    let saved = forward.statistics.map(preparation.pointer)
    let weight = preparation.parameter(forward.weight)
    let bias = preparation.parameter(forward.bias)
    let dweight = try preparation.gradient(forward.weight)
    let dbias = try preparation.gradient(forward.bias)
    func pending(_ tensors: [Tensor]) -> [UnsafeRawPointer?] {
      let pointers = tensors.map { UnsafeRawPointer(preparation.pointer($0)) }
      return pointers + [UnsafeRawPointer?](repeating: nil, count: 2 - pointers.count)
    }
    let addA = pending(firstPending)
    let addB = pending(secondPending)
    return Kernel {
      withUnsafePointer(to: sizes) { sizes in
        addA.withUnsafeBufferPointer { addA in
          addB.withUnsafeBufferPointer { addB in
            if let saved {
              st_group_norm_backward(
                da, db, dshift, parts, dy, a, b, shift, saved, weight, bias, addA.baseAddress,
                addB.baseAddress, sizes)
            } else {
              st_layer_norm_backward(
                da, db, dshift, parts, dy, a, b, shift, weight, bias, addA.baseAddress,
                addB.baseAddress, sizes)
            }
          }
        }
      }
      st_group_norm_sum_parameters(dweight, dbias, parts, sizes.images, sizes.channels)
    }
  }
}
