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

  var instruction: Instruction { .normalization(self) }
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
}

/// A normalisation's output once more, in the backward pass, so that it need not be kept.
struct Renormalization: Step {
  let forward: Normalization
  let output: Tensor

  var instruction: Instruction { .renormalization(self) }
  var kind: String { "\(forward.kind) recomputation" }
  var reads: [Tensor] { forward.reads + (forward.statistics.map { [$0] } ?? []) }
  var writes: [Tensor] { [output] }
}

/// The gradients of all that a normalisation reads.
struct NormalizationBackward: Step {
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

  var instruction: Instruction { .normalizationBackward(self) }
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
}
