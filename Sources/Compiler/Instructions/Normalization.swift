/// Normalization of one tensor or of two side by side, with a shift before and SiLU after it.
package struct Normalization: Trainable {
  /// What has a mean and a variance of its own.
  package enum Region {
    /// So many groups of an image's channels. statistics: (N, groups, 2), mean and inverse deviation.
    case groups(Int, statistics: Tensor)
    /// Each pixel.
    case pixel
  }

  package let region: Region
  package let epsilon: Float
  package let hasSiLU: Bool
  package let weight: Int
  package let bias: Int
  package let first: Tensor
  package let second: Tensor?
  /// (N, C), added to all pixels of an image before the statistics are taken.
  package let shift: Tensor?
  package let output: Tensor

  package var statistics: Tensor? {
    guard case .groups(_, let statistics) = region else { return nil }
    return statistics
  }

  package var instruction: Instruction { .normalization(self) }
  package var kind: String { statistics == nil ? "layer norm" : "group norm" }
  package var reads: [Tensor] { [first] + [second, shift].compactMap(\.self) }
  package var writes: [Tensor] { [output] + (statistics.map { [$0] } ?? []) }
  package var parameters: [Int] { [weight, bias] }

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

/// A normalization's output once more, in the backward pass, so that it need not be kept.
package struct Renormalization: Step {
  package let forward: Normalization
  package let output: Tensor

  package var instruction: Instruction { .renormalization(self) }
  package var kind: String { forward.kind }
  package var reads: [Tensor] { forward.reads + (forward.statistics.map { [$0] } ?? []) }
  package var writes: [Tensor] { [output] }
}

/// The gradients of all that a normalization reads.
package struct NormalizationBackward: Step {
  package let forward: Normalization
  package let outputGradient: Tensor
  package let firstGradient: Tensor
  package let secondGradient: Tensor?
  package let shiftGradient: Tensor?
  /// (N, C, 2): each image's part of the gradients of weight and bias.
  package let parameterGradients: Tensor
  /// Other gradients of the inputs, at most two each, which are added.
  package let firstPending: [Tensor]
  package let secondPending: [Tensor]

  package var instruction: Instruction { .normalizationBackward(self) }
  package var kind: String { "\(forward.kind) backward" }
  package var trainedParameters: [Int] { forward.parameters }
  package var reads: [Tensor] {
    [outputGradient] + (forward.statistics.map { [$0] } ?? []) + forward.reads + firstPending
      + secondPending
  }
  package var writes: [Tensor] {
    [firstGradient, parameterGradients] + [secondGradient, shiftGradient].compactMap(\.self)
  }
  /// What a kernel may overwrite as it goes, where nobody wants it any more: the output's gradient, unless that is also
  /// added to the inputs'.
  package var spoiled: Tensor? {
    (firstPending + secondPending).contains(outputGradient) ? nil : outputGradient
  }
  package var inPlace: [InPlace] {
    let alone = secondGradient == nil ? [InPlace(firstGradient, of: outputGradient)] : []
    guard let spoiled else { return alone }
    func inPlace(_ gradient: Tensor, _ pending: [Tensor]) -> [InPlace] {
      pending.map { InPlace(gradient, of: $0, spoiling: spoiled) }
    }
    return alone + inPlace(firstGradient, firstPending)
      + (secondGradient.map { inPlace($0, secondPending) } ?? [])
  }
}
