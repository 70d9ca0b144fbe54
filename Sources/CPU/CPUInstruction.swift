internal import Compiler

/// An instruction of which this backend makes a kernel.
protocol CPUInstruction {
  /// Makes all that can be made before the first run.
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel

  /// Bytes that the kernel uses in a training only while it runs, beside tensors.
  func scratchBytes(_ schedule: Schedule) -> Int
}

extension CPUInstruction {
  func scratchBytes(_ schedule: Schedule) -> Int { 0 }
}

extension Instruction {
  /// The same, as what this backend can prepare.
  var onCPU: any CPUInstruction {
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

/// An instruction that is ready to run.
struct Kernel {
  /// The name of the code that it runs, oneDNN's or that of a kernel of ours, where it has one.
  var implementation: String?
  let run: () -> Void
}
