/// One step of a schedule, as plain data: which tensors are read and written, and with what constants.
///
/// A backend makes a kernel of each. One that forgets a case does not compile.
package enum Instruction {
  case attention(Attention)
  case attentionBackward(AttentionBackward)
  case convolution(Convolution)
  case convolutionInputGradient(ConvolutionInputGradient)
  case convolutionWeightGradient(ConvolutionWeightGradient)
  case dropout(Dropout)
  case timestepEmbedding(TimestepEmbedding)
  case embeddingLookup(EmbeddingLookup)
  case embeddingBackward(EmbeddingBackward)
  case hybridLoss(HybridLoss)
  case linear(Linear)
  case linearBackward(LinearBackward)
  case meanSquaredError(MeanSquaredError)
  case normalization(Normalization)
  case renormalization(Renormalization)
  case normalizationBackward(NormalizationBackward)
  case silu(SiLU)
  case siluBackward(SiLUBackward)
  case add(Add)
  case addShift(AddShift)
  case sumPixels(SumPixels)
  case upsample(Upsample)
  case upsampleBackward(UpsampleBackward)
  case pixelShuffle(PixelShuffle)
  case concatenate(Concatenate)
  case split(Split)

  /// What is known of every instruction.
  package var step: any Step {
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

  package var kind: String { step.kind }
  package var reads: [Tensor] { step.reads }
  package var writes: [Tensor] { step.writes }
  package var inPlace: [InPlace] { step.inPlace }
  package var parameters: [Int] { step.parameters }
  package var trainedParameters: [Int] { step.trainedParameters }
  package func operations(_ schedule: Schedule) -> Double { step.operations(schedule) }
}

/// What is known of an instruction, whatever it computes.
package protocol Step {
  /// Its case.
  var instruction: Instruction { get }
  /// What kind of work it is, for profiles: "group norm", "convolution".
  var kind: String { get }
  var reads: [Tensor] { get }
  var writes: [Tensor] { get }
  /// What may be written in the memory of what is read.
  var inPlace: [InPlace] { get }
  /// Parameters that it reads in the forward pass.
  var parameters: [Int] { get }
  /// Parameters whose gradients it computes, or has a part in.
  var trainedParameters: [Int] { get }
  /// Multiplications and additions of its products, by the textbook's formula.
  func operations(_ schedule: Schedule) -> Double
}

extension Step {
  package var inPlace: [InPlace] { [] }
  package var parameters: [Int] { [] }
  package var trainedParameters: [Int] { [] }
  package func operations(_ schedule: Schedule) -> Double { 0 }
}

/// A tensor that may be written in the memory of one that is read, where nobody reads that one later.
package struct InPlace: Equatable {
  package let write, read: Tensor
  /// Another that the instruction then overwrites as it goes, and nobody may read later either.
  package let spoiled: Tensor?

  init(_ write: Tensor, of read: Tensor, spoiling spoiled: Tensor? = nil) {
    (self.write, self.read, self.spoiled) = (write, read, spoiled)
  }
}

/// An instruction with a gradient.
protocol Differentiable: Step {
  /// Appends what turns the gradients of `writes` into those of `reads` and of the parameters.
  func differentiate(_ backward: inout Differentiation)
}

/// An instruction with parameters, whose gradients it writes in the backward pass.
protocol Trainable: Differentiable {}
