package import Graph

/// x · weightᵀ + bias, as PyTorch's `Linear`.
package struct Linear {
  let weight: Value
  let bias: Value?

  /// Declares `weight` (O, I) and `bias` (O).
  package init(
    _ scope: Scope, from inputChannels: Int, to outputChannels: Int, hasBias: Bool = true
  ) {
    let initial = Initializer.fanIn(inputChannels)
    weight = scope.parameter("weight", shape: [outputChannels, inputChannels], initial: initial)
    bias =
      hasBias ? scope.parameter("bias", shape: [outputChannels], initial: initial) : nil
  }

  /// x: (N, I) → (N, O)
  package func callAsFunction(_ x: Value) -> Value { linear(x, weight: weight, bias: bias) }
}

/// A table of learned vectors, one for each index, as PyTorch's `Embedding`.
package struct Embedding {
  let weight: Value

  /// Declares `weight` (count, channels).
  package init(_ scope: Scope, count: Int, channels: Int) {
    weight = scope.parameter(
      "weight", shape: [count, channels], initial: .normal(deviation: 1))
  }

  /// index: (N), whole numbers below the count → (N, channels)
  package func callAsFunction(_ index: Value) -> Value { embedding(index, table: weight) }
}
