/// Sines and cosines of timesteps: t (N) → (N, channels).
package struct TimestepEmbedding: Step {
  package let flipSineToCosine: Bool
  package let frequencyShift: Float
  package let input: Tensor
  package let output: Tensor

  package var instruction: Instruction { .timestepEmbedding(self) }
  package var kind: String { "embedding" }
  package var reads: [Tensor] { [input] }
  package var writes: [Tensor] { [output] }
}

/// Rows of a table: index (N) → (N, C).
package struct EmbeddingLookup: Trainable {
  package let table: Int
  package let rows: Int
  package let index: Tensor
  package let output: Tensor

  package var instruction: Instruction { .embeddingLookup(self) }
  package var kind: String { "embedding" }
  package var reads: [Tensor] { [index] }
  package var writes: [Tensor] { [output] }
  package var parameters: [Int] { [table] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    backward.append(EmbeddingBackward(forward: self, outputGradient: gradient))
  }
}

package struct EmbeddingBackward: Step {
  package let forward: EmbeddingLookup
  package let outputGradient: Tensor

  package var instruction: Instruction { .embeddingBackward(self) }
  package var kind: String { "embedding" }
  package var reads: [Tensor] { [forward.index, outputGradient] }
  package var writes: [Tensor] { [] }
  package var trainedParameters: [Int] { forward.parameters }
}
