internal import Compiler

/// An instruction that this backend computes.
protocol ReferenceInstruction {
  /// Reads and writes tensors, and adds to gradients of parameters.
  func compute(_ memory: inout Memory)
}

extension Instruction {
  /// The same, as what this backend can compute.
  var reference: any ReferenceInstruction {
    switch self {
    case .attention(let step): step
    case .attentionBackward(let step): step
    case .convolution(let step): step
    case .convolutionInputGradient(let step): step
    case .convolutionWeightGradient(let step): step
    case .dropout(let step): step
    case .timestepEmbedding(let step): step
    case .embeddingLookup(let step): step
    case .embeddingBackward(let step): step
    case .hybridLoss(let step): step
    case .linear(let step): step
    case .linearBackward(let step): step
    case .meanSquaredError(let step): step
    case .normalization(let step): step
    case .renormalization(let step): step
    case .normalizationBackward(let step): step
    case .silu(let step): step
    case .siluBackward(let step): step
    case .add(let step): step
    case .addShift(let step): step
    case .sumPixels(let step): step
    case .upsample(let step): step
    case .upsampleBackward(let step): step
    case .pixelShuffle(let step): step
    case .concatenate(let step): step
    case .split(let step): step
    }
  }
}
