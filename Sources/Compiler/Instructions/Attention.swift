/// softmax(Q Kᵀ / √d) V among the pixels of an image.
package struct Attention: Differentiable {
  package let heads: Int
  package let query: Tensor
  package let key: Tensor
  package let value: Tensor
  package let output: Tensor
  /// (N, heads, H W), saved.
  package let logarithms: Tensor

  package var instruction: Instruction { .attention(self) }
  package var kind: String { "attention" }
  package var reads: [Tensor] { [query, key, value] }
  package var writes: [Tensor] { [output, logarithms] }

  package func operations(_ schedule: Schedule) -> Double { 2 * productOperations(schedule) }

  /// Multiplications and additions of one product of all queries with all keys.
  func productOperations(_ schedule: Schedule) -> Double {
    let shape = schedule.shapes[output].map(Double.init)
    return 2 * shape[0] * shape[1] * shape[2] * shape[1] * shape[2] * shape[3]
  }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    let gradients = reads.map { backward.tensor(like: $0) }
    backward.append(
      AttentionBackward(forward: self, outputGradient: gradient, gradients: gradients))
    for (input, gradient) in zip(reads, gradients) where backward.wants(input) {
      backward.contribute(gradient, to: input)
    }
  }
}

package struct AttentionBackward: Step {
  package let forward: Attention
  package let outputGradient: Tensor
  /// Of query, key and value.
  package let gradients: [Tensor]

  package var instruction: Instruction { .attentionBackward(self) }
  package var kind: String { "attention backward" }
  package var reads: [Tensor] {
    forward.reads + [forward.output, forward.logarithms, outputGradient]
  }
  package var writes: [Tensor] { gradients }

  package func operations(_ schedule: Schedule) -> Double {
    4 * forward.productOperations(schedule)
  }
}
