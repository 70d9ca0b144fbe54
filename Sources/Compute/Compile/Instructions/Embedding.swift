/// Sines and cosines of timesteps: t (N) → (N, channels).
struct TimestepEmbedding: Step {
  let flipSineToCosine: Bool
  let frequencyShift: Float
  let input: Tensor
  let output: Tensor

  var instruction: Instruction { .timestepEmbedding(self) }
  var kind: String { "embedding" }
  var reads: [Tensor] { [input] }
  var writes: [Tensor] { [output] }
}

/// Rows of a table: index (N) → (N, C).
struct EmbeddingLookup: Trainable {
  let table: Int
  let rows: Int
  let index: Tensor
  let output: Tensor

  var instruction: Instruction { .embeddingLookup(self) }
  var kind: String { "embedding" }
  var reads: [Tensor] { [index] }
  var writes: [Tensor] { [output] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    backward.append(EmbeddingBackward(forward: self, outputGradient: gradient))
  }
}

struct EmbeddingBackward: Step {
  let forward: EmbeddingLookup
  let outputGradient: Tensor

  var instruction: Instruction { .embeddingBackward(self) }
  var kind: String { "embedding" }
  var reads: [Tensor] { [forward.index, outputGradient] }
  var writes: [Tensor] { [] }
}
