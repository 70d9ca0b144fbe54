/// softmax(Q Kᵀ / √d) V among the pixels of an image.
struct Attention: Differentiable {
  let heads: Int
  let query: Tensor
  let key: Tensor
  let value: Tensor
  let output: Tensor
  /// (N, heads, H W), saved.
  let logarithms: Tensor

  var instruction: Instruction { .attention(self) }
  var kind: String { "attention" }
  var reads: [Tensor] { [query, key, value] }
  var writes: [Tensor] { [output, logarithms] }

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

struct AttentionBackward: Step {
  let forward: Attention
  let outputGradient: Tensor
  /// Of query, key and value.
  let gradients: [Tensor]

  var instruction: Instruction { .attentionBackward(self) }
  var kind: String { "attention backward" }
  var reads: [Tensor] { forward.reads + [forward.output, forward.logarithms, outputGradient] }
  var writes: [Tensor] { gradients }
}
